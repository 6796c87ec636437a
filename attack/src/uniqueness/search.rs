//! All solutions of what is left by [`propagate`](State::propagate): by cases, each of which is propagated again.
//!
//! A case is a value of an unknown's domain, or a factor of a product that vanishes. Facts that share no unknown are solved
//! apart, and parts on which no output depends only have to have a solution. The search ends with every solution, as
//! far as outputs are concerned, or says that it does not have them all.

use super::{
    form::Var,
    solver::{Fact, State, Surroundings},
};
use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_jolt_core::bytecode::HALT;

/// What to do where no case distinction is finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Infinite {
    /// Say so: the search is not complete.
    Report,
    /// Try a few values, and say that the search is not complete: a solution may be found all the same.
    Try,
}

/// A search, and what it may cost.
pub struct Search<'a> {
    around: &'a dyn Surroundings,
    infinite: Infinite,
    /// Cases that may still be looked at.
    cases: usize,
    /// Whether nothing was left out, but for solutions beyond those that were wanted.
    pub is_complete: bool,
}

/// Values of the unknowns in scope; `None` for others.
type Partial = Vec<Option<Fr>>;

/// Facts and outputs that share unknowns.
struct Part {
    vars: Vec<Var>,
    facts: Vec<Fact>,
    outputs: Vec<(Var, super::form::Form)>,
}

impl<'a> Search<'a> {
    /// A search of at most so many cases.
    pub const fn new(around: &'a dyn Surroundings, infinite: Infinite, cases: usize) -> Self {
        Self { around, infinite, cases, is_complete: true }
    }

    /// Solutions that differ in outputs, at most as many as are wanted. Every unknown has a value in each.
    pub fn solutions(&mut self, state: State, wanted: usize) -> Vec<Vec<Fr>> {
        let outputs: Vec<Var> = state.outputs.iter().map(|o| o.0).collect();
        let scope: Vec<Var> = (0..state.values.len()).collect();
        let found = self.solve(state, &scope, wanted);
        let found: Vec<Vec<Fr>> =
            found.into_iter().map(|p| p.into_iter().map(Option::unwrap_or_default).collect()).collect();
        debug_assert!(found.len() <= wanted.max(1));
        debug_assert!(
            (0..found.len()).all(|i| (0..i).all(|j| outputs.iter().any(|&v| found[i][v] != found[j][v])))
                || outputs.is_empty()
        );
        found
    }

    fn solve(&mut self, mut state: State, scope: &[Var], wanted: usize) -> Vec<Partial> {
        if self.cases == 0 {
            self.is_complete = false;
            return Vec::new();
        }
        self.cases -= 1;
        if state.propagate(self.around).is_err() {
            return Vec::new();
        }
        let mut found = vec![state.values.clone()];
        for part in parts(&mut state) {
            let wanted = if part.outputs.is_empty() { 1 } else { wanted };
            let vars = part.vars.clone();
            let of_part = self.split(part, &state, wanted);
            if of_part.is_empty() {
                return Vec::new();
            }
            let with = |(base, more): (&Partial, &Partial)| {
                let mut values = base.clone();
                for &var in &vars {
                    values[var] = more[var];
                }
                values
            };
            let pairs = of_part.iter().flat_map(|more| found.iter().map(move |base| (base, more)));
            found = pairs.take(wanted.max(found.len())).map(with).collect();
        }
        found.truncate(wanted.max(1));
        let finish = |values: Partial| {
            let complete = state.complete(&values);
            let mut out = vec![None; complete.len()];
            for &var in scope {
                out[var] = Some(complete[var]);
            }
            out
        };
        found.into_iter().map(finish).collect()
    }

    /// Solutions of a part, by cases.
    fn split(&mut self, part: Part, whole: &State, wanted: usize) -> Vec<Partial> {
        let Part { vars, facts, outputs } = part;
        let mut state = State {
            facts,
            values: whole.values.clone(),
            domains: whole.domains.clone(),
            outputs,
            definitions: Vec::new(),
        };
        let mut found = Found { solutions: Vec::new(), outputs: state.outputs.clone(), wanted };
        let size = |var: Var| state.domains[var].map(|(low, high)| high - low);
        // What memory holds, and the entry of a table, follow from address and keys.
        let address = state.facts.iter().find_map(|f| match f {
            Fact::Memory { address, .. } => Some(*address),
            _ => None,
        });
        let is_entry = |var: Var| state.facts.iter().any(|f| matches!(f, Fact::Lookup { v, .. } if *v == var));
        let with_domain = vars.iter().copied().filter(|&v| size(v).is_some() && !is_entry(v));
        let smallest = address.or_else(|| with_domain.min_by_key(|&v| size(v)));
        let product = state
            .facts
            .iter()
            .position(|f| matches!(f, Fact::Product { c, .. } if c.is_constant() && c.constant.is_zero()));
        let is_small = address.is_some() || smallest.and_then(size).is_some_and(|n| n < 2);
        if let Some(at) = product.filter(|_| !is_small) {
            let Fact::Product { a, b, .. } = state.facts.swap_remove(at) else { return Vec::new() };
            for factor in [a, b] {
                let mut case = state.clone();
                case.facts.push(Fact::Linear(factor));
                found.add(self.solve(case, &vars, wanted));
                if found.is_enough() {
                    break;
                }
            }
            return found.solutions;
        }
        if let Some(var) = smallest {
            let candidates = self.candidates(var, &state);
            for value in candidates {
                let mut case = state.clone();
                if case.assign(var, value).is_ok() {
                    found.add(self.solve(case, &vars, wanted));
                }
                if found.is_enough() || self.cases == 0 {
                    self.is_complete &= found.is_enough();
                    break;
                }
            }
            return found.solutions;
        }
        if state.facts.is_empty() {
            // The outputs of this part may be anything.
            for value in [Fr::zero(), Fr::one()] {
                let mut case = state.clone();
                case.values[vars[0]] = Some(value);
                found.add(self.solve(case, &vars, wanted));
            }
            found.solutions.truncate(wanted);
            return found.solutions;
        }
        self.is_complete = false;
        if self.infinite == Infinite::Report {
            return Vec::new();
        }
        let in_factor = state.facts.iter().find_map(|f| match f {
            Fact::Product { a, .. } => a.terms.first().map(|t| t.0),
            _ => None,
        });
        let var = in_factor.unwrap_or(vars[0]);
        for value in [0i64, 1, -1, 2, 1 << 8, 1 << 16, 1 << 32] {
            let mut case = state.clone();
            case.values[var] = Some(Fr::from(value));
            found.add(self.solve(case, &vars, wanted));
            if found.is_enough() {
                break;
            }
        }
        found.solutions
    }

    /// The values that an unknown with a domain can have: from both ends, and only those that exist.
    fn candidates(&self, var: Var, state: &State) -> Box<dyn Iterator<Item = Fr> + 'a> {
        let Some((low, high)) = state.domains[var] else { return Box::new(std::iter::empty()) };
        let (l, h) = (low.clamp(0, i128::from(u32::MAX)) as u32, high.clamp(0, i128::from(u32::MAX)) as u32);
        let around = self.around;
        for fact in &state.facts {
            match fact {
                Fact::Memory { address, .. } if *address == var => return Box::new(around.words(l, h).map(Fr::from)),
                Fact::Next { var: next } if *next == var => {
                    let end = (l..=h).contains(&HALT).then_some(HALT);
                    return Box::new(around.rows(l, h).chain(end).map(Fr::from));
                }
                _ => {}
            }
        }
        let count = high - low + 1;
        Box::new((0..count).map(move |k| Fr::from(if k % 2 == 0 { low + k / 2 } else { high - k / 2 })))
    }
}

/// Solutions that differ in outputs.
struct Found {
    solutions: Vec<Partial>,
    outputs: Vec<(Var, super::form::Form)>,
    wanted: usize,
}

impl Found {
    fn is_enough(&self) -> bool {
        self.solutions.len() >= self.wanted
    }

    fn add(&mut self, more: Vec<Partial>) {
        for solution in more {
            // Outputs of a part are compared by the forms that they have there.
            let output = |s: &Partial| {
                let value = |f: &super::form::Form| {
                    let mut f = f.clone();
                    f.settle(s);
                    f.constant
                };
                self.outputs.iter().map(|(_, f)| value(f)).collect::<Vec<_>>()
            };
            let new = output(&solution);
            if self.solutions.iter().all(|s| output(s) != new) && !self.is_enough() {
                self.solutions.push(solution);
            }
        }
    }
}

/// Takes a state's facts apart into those that share unknowns, and its outputs with them.
fn parts(state: &mut State) -> Vec<Part> {
    let mut root: Vec<Var> = (0..state.values.len()).collect();
    fn find(root: &mut [Var], mut var: Var) -> Var {
        while root[var] != var {
            root[var] = root[root[var]];
            var = root[var];
        }
        var
    }
    let unknown = |values: &[Option<Fr>], vars: &mut dyn Iterator<Item = Var>| {
        vars.filter(|v| values[*v].is_none()).collect::<Vec<Var>>()
    };
    let of_facts: Vec<Vec<Var>> = state.facts.iter().map(|f| unknown(&state.values, &mut f.vars())).collect();
    let of_outputs: Vec<Vec<Var>> =
        state.outputs.iter().map(|(_, f)| unknown(&state.values, &mut f.terms.iter().map(|t| t.0))).collect();
    for group in of_facts.iter().chain(&of_outputs) {
        for pair in group.windows(2) {
            let (a, b) = (find(&mut root, pair[0]), find(&mut root, pair[1]));
            root[a] = b;
        }
    }
    let mut parts: Vec<(Var, Part)> = Vec::new();
    let mut part_of = |var: Var, root: &mut [Var]| {
        let r = find(root, var);
        parts.iter().position(|(s, _)| *s == r).unwrap_or_else(|| {
            parts.push((r, Part { vars: Vec::new(), facts: Vec::new(), outputs: Vec::new() }));
            parts.len() - 1
        })
    };
    let homes: Vec<Option<usize>> =
        of_facts.iter().chain(&of_outputs).map(|vars| vars.first().map(|&v| part_of(v, &mut root))).collect();
    let (fact_homes, output_homes) = homes.split_at(of_facts.len());
    for ((fact, home), vars) in std::mem::take(&mut state.facts).into_iter().zip(fact_homes).zip(of_facts) {
        let home = home.expect("a fact without unknowns holds or does not, and is gone");
        parts[home].1.facts.push(fact);
        parts[home].1.vars.extend(vars);
    }
    for ((output, home), vars) in state.outputs.iter().zip(output_homes).zip(of_outputs) {
        if let Some(home) = home {
            parts[*home].1.outputs.push(output.clone());
            parts[*home].1.vars.extend(vars);
        }
    }
    for (_, part) in &mut parts {
        part.vars.sort_unstable();
        part.vars.dedup();
    }
    parts.into_iter().map(|(_, part)| part).collect()
}
