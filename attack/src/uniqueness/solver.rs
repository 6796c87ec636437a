//! What follows from facts about unknowns over the field, without a guess.
//!
//! Unknowns are field elements. Some have a *domain*: lookups and memory bind them to integers between two bounds.
//! Facts are rewritten until nothing changes:
//!
//! - known values are put in; a product with a known factor is linear;
//! - a linear fact with one unknown gives its value;
//! - a linear fact whose unknowns all have domains, and whose coefficients are small, is an equation between integers, for no
//!   side comes near the field's size: it narrows the domains to what the others leave;
//! - a linear fact with an unknown that has no domain defines it, and the definition takes its place everywhere;
//! - an unknown without a domain that occurs nowhere but in the result of one product is that product: the fact goes.
//!
//! Each rule keeps exactly the solutions that there were, as far as outputs are concerned. What is left is for
//! [`search`](super::search).

use super::{
    form::{Form, Var, signed},
    tables,
};
use ark_ff::{Field, One, Zero};
use lariat_algebra::Fr;
use lariat_jolt_core::Params;
use lariat_subtables::TableId;

/// A demand on unknowns.
#[derive(Clone, Debug)]
pub enum Fact {
    /// The form vanishes.
    Linear(Form),
    /// `a · b = c`.
    Product { a: Form, b: Form, c: Form },
    /// `(p, q, v)` is a key with its entry.
    Lookup { table: TableId, p: Var, q: Var, v: Var },
    /// A memory word, with whether it may be stored to and what it holds.
    Memory { address: Var, writable: Var, held: Var },
    /// The index of a row that exists, or of the end.
    Next { var: Var },
}

/// How an unknown follows from others.
#[derive(Clone, Debug)]
pub enum Definition {
    /// The form's value.
    Form(Form),
    /// `scale · (a · b - rest)`.
    Product { a: Form, b: Form, rest: Form, scale: Fr },
}

/// Facts, and what is known.
#[derive(Clone, Debug)]
pub struct State {
    /// What is demanded.
    pub facts: Vec<Fact>,
    /// Values by unknown.
    pub values: Vec<Option<Fr>>,
    /// Bounds by unknown, both inclusive.
    pub domains: Vec<Option<(i128, i128)>>,
    /// The unknowns that matter, in terms of those that are left.
    pub outputs: Vec<(Var, Form)>,
    /// Unknowns that were eliminated, in order: each in terms of those that were left then.
    pub definitions: Vec<(Var, Definition)>,
}

/// There is no solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction;

/// What a row finds around it.
pub trait Surroundings {
    /// Table size.
    fn params(&self) -> Params;
    /// Whether a row has this index, or the program ends there.
    fn is_row(&self, index: u32) -> bool;
    /// A memory word: whether it may be stored to, and what it holds.
    fn cell(&self, word: u32) -> Option<(bool, Fr)>;
    /// Indices of rows between two bounds.
    fn rows(&self, low: u32, high: u32) -> Box<dyn Iterator<Item = u32> + '_>;
    /// Memory words between two bounds.
    fn words(&self, low: u32, high: u32) -> Box<dyn Iterator<Item = u32> + '_>;
}

/// What became of a fact.
enum Outcome {
    /// It holds whatever the unknowns are, or is in values and domains now.
    Done,
    /// It stays.
    Keep(Fact),
}

impl State {
    /// Nothing is known, and nothing demanded.
    pub fn new(num_vars: usize, outputs: &[Var]) -> Self {
        Self {
            facts: Vec::new(),
            values: vec![None; num_vars],
            domains: vec![None; num_vars],
            outputs: outputs.iter().map(|&var| (var, Form::variable(var))).collect(),
            definitions: Vec::new(),
        }
    }

    /// Gives an unknown its value.
    pub fn assign(&mut self, var: Var, value: Fr) -> Result<(), Contradiction> {
        if let Some((low, high)) = self.domains[var] {
            let inside = signed(value).is_some_and(|n| (low..=high).contains(&n));
            inside.then_some(()).ok_or(Contradiction)?;
        }
        match self.values[var].replace(value) {
            Some(before) if before != value => Err(Contradiction),
            _ => Ok(()),
        }
    }

    /// Keeps of an unknown's domain what lies between two bounds; whether a good part went.
    pub fn narrow(&mut self, var: Var, low: i128, high: i128) -> Result<bool, Contradiction> {
        if let Some(value) = self.values[var] {
            let inside = signed(value).is_some_and(|n| (low..=high).contains(&n));
            return if inside { Ok(false) } else { Err(Contradiction) };
        }
        let (low, high) = self.domains[var].map_or((low, high), |(l, h)| (l.max(low), h.min(high)));
        if low > high {
            return Err(Contradiction);
        }
        // Bounds that creep towards each other would take as many passes as there are integers between them: what is small
        // is left to cases.
        let changed = self.domains[var].is_none_or(|(l, h)| high - low < (h - l) - (h - l) / 8);
        self.domains[var] = Some((low, high));
        if low == high {
            self.values[var] = Some(Fr::from(low));
        }
        Ok(changed)
    }

    /// Applies the rules until none applies.
    ///
    /// # Errors
    /// When there is no solution.
    pub fn propagate(&mut self, around: &dyn Surroundings) -> Result<(), Contradiction> {
        loop {
            let mut changed = true;
            while changed {
                changed = false;
                let mut at = 0;
                while at < self.facts.len() {
                    let fact = self.facts.swap_remove(at);
                    match self.apply(fact, around, &mut changed)? {
                        Outcome::Done => changed = true,
                        Outcome::Keep(fact) => {
                            // Back into its place.
                            self.facts.push(fact);
                            let last = self.facts.len() - 1;
                            self.facts.swap(at, last);
                            at += 1;
                        }
                    }
                }
            }
            for (_, form) in &mut self.outputs {
                form.settle(&self.values);
            }
            if !self.eliminate() {
                return Ok(());
            }
        }
    }

    fn apply(&mut self, fact: Fact, around: &dyn Surroundings, changed: &mut bool) -> Result<Outcome, Contradiction> {
        match fact {
            Fact::Linear(form) => self.linear(form, changed),
            Fact::Product { mut a, mut b, mut c } => {
                a.settle(&self.values);
                b.settle(&self.values);
                c.settle(&self.values);
                if b.is_constant() {
                    std::mem::swap(&mut a, &mut b);
                }
                if a.is_constant() {
                    let mut form = b.scaled(a.constant);
                    form.add_scaled(&c, -Fr::one());
                    *changed = true;
                    return self.linear(form, changed);
                }
                if c.is_constant() && c.constant.is_zero() && self.roots(&a, &b)? {
                    return Ok(Outcome::Done);
                }
                Ok(Outcome::Keep(Fact::Product { a, b, c }))
            }
            Fact::Lookup { table, p, q, v } => {
                let key = |var: Var| self.values[var].and_then(signed).map(|k| k as u64);
                let Some((p_key, q_key)) = key(p).zip(key(q)) else {
                    // One cell of a domain of one.
                    for var in [p, q, v] {
                        if let (None, Some((low, high))) = (self.values[var], self.domains[var])
                            && low == high
                        {
                            self.values[var] = Some(Fr::from(low));
                            *changed = true;
                        }
                    }
                    return Ok(Outcome::Keep(fact));
                };
                self.assign(v, Fr::from(tables::entry(table, around.params(), p_key, q_key)))?;
                Ok(Outcome::Done)
            }
            Fact::Memory { address, writable, held } => {
                let Some(value) = self.values[address] else { return Ok(Outcome::Keep(fact)) };
                let word = signed(value).and_then(|w| u32::try_from(w).ok()).ok_or(Contradiction)?;
                let (may_store, holds) = around.cell(word).ok_or(Contradiction)?;
                self.assign(writable, Fr::from(u8::from(may_store)))?;
                self.assign(held, holds)?;
                Ok(Outcome::Done)
            }
            Fact::Next { var } => {
                let Some(value) = self.values[var] else { return Ok(Outcome::Keep(fact)) };
                let index = signed(value).and_then(|n| u32::try_from(n).ok()).ok_or(Contradiction)?;
                if around.is_row(index) { Ok(Outcome::Done) } else { Err(Contradiction) }
            }
        }
    }

    /// `a · b = 0` in one unknown: its value, or a domain of two neighbours. Whether that says it all.
    fn roots(&mut self, a: &Form, b: &Form) -> Result<bool, Contradiction> {
        let ([(var, ca)], [(other, cb)]) = (&a.terms[..], &b.terms[..]) else { return Ok(false) };
        if var != other {
            return Ok(false);
        }
        let root = |form: &Form, c: &Fr| c.inverse().map(|inverse| -form.constant * inverse);
        let (Some(r), Some(s)) = (root(a, ca), root(b, cb)) else { return Ok(false) };
        if r == s {
            self.assign(*var, r)?;
            return Ok(true);
        }
        match (signed(r), signed(s)) {
            (Some(r), Some(s)) if r.abs_diff(s) == 1 => {
                self.narrow(*var, r.min(s), r.max(s))?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn linear(&mut self, mut form: Form, changed: &mut bool) -> Result<Outcome, Contradiction> {
        form.settle(&self.values);
        match form.terms[..] {
            [] => return if form.constant.is_zero() { Ok(Outcome::Done) } else { Err(Contradiction) },
            [(var, c)] => {
                let inverse = c.inverse().ok_or(Contradiction)?;
                self.assign(var, -form.constant * inverse)?;
                return Ok(Outcome::Done);
            }
            _ => {}
        }
        self.bounds(&form, changed)?;
        Ok(Outcome::Keep(Fact::Linear(form)))
    }

    /// Narrows the domains of a linear fact, if it is one between integers.
    fn bounds(&mut self, form: &Form, changed: &mut bool) -> Result<(), Contradiction> {
        // Σ c · v = target, with every c · v between two bounds.
        let mut terms: Vec<(Var, i128, i128, i128)> = Vec::with_capacity(form.terms.len());
        let (mut lowest, mut highest) = (0i128, 0i128);
        for &(var, c) in &form.terms {
            let (Some((low, high)), Some(c)) = (self.domains[var], signed(c)) else { return Ok(()) };
            let (Some(s), Some(t)) = (c.checked_mul(low), c.checked_mul(high)) else { return Ok(()) };
            let (low, high) = (s.min(t), s.max(t));
            let (Some(l), Some(h)) = (lowest.checked_add(low), highest.checked_add(high)) else { return Ok(()) };
            (lowest, highest) = (l, h);
            terms.push((var, c, low, high));
        }
        // Sums beyond this do not fit what `signed` finds.
        if lowest <= -(1 << 125) || highest >= 1 << 125 {
            return Ok(());
        }
        let target = signed(-form.constant).ok_or(Contradiction)?;
        if !(lowest..=highest).contains(&target) {
            return Err(Contradiction);
        }
        for (var, c, low, high) in terms {
            let (least, most) = (target - (highest - high), target - (lowest - low));
            // c · v lies between these.
            let (least, most) = if c > 0 { (least, most) } else { (-most, -least) };
            let c = c.abs();
            let up = -((-least).div_euclid(c));
            *changed |= self.narrow(var, up, most.div_euclid(c))?;
        }
        Ok(())
    }

    /// The values of all unknowns: those that are free get their least, or zero; `others` come before.
    pub fn complete(&self, values: &[Option<Fr>]) -> Vec<Fr> {
        let mut out: Vec<Fr> = values
            .iter()
            .zip(&self.domains)
            .map(|(value, domain)| value.unwrap_or_else(|| domain.map_or(Fr::zero(), |(low, _)| Fr::from(low))))
            .collect();
        for (var, definition) in self.definitions.iter().rev() {
            out[*var] = match definition {
                Definition::Form(form) => form.value(&out),
                Definition::Product { a, b, rest, scale } => {
                    *scale * (a.value(&out) * b.value(&out) - rest.value(&out))
                }
            };
        }
        out
    }
}

impl Fact {
    /// The unknowns that it is about.
    pub fn vars(&self) -> Box<dyn Iterator<Item = Var> + '_> {
        match self {
            Self::Linear(form) => Box::new(form.terms.iter().map(|t| t.0)),
            Self::Product { a, b, c } => Box::new([a, b, c].into_iter().flat_map(|f| f.terms.iter().map(|t| t.0))),
            Self::Lookup { p, q, v, .. } => Box::new([*p, *q, *v].into_iter()),
            Self::Memory { address, writable, held } => Box::new([*address, *writable, *held].into_iter()),
            Self::Next { var } => Box::new(std::iter::once(*var)),
        }
    }
}
