//! The solver against trying everything, the specification against the emulator, and the engine at its small size.

use super::{
    cases::Kind,
    form::Form,
    judge::Completion,
    program::Case,
    search::{Infinite, Search},
    solver::{Fact, State, Surroundings},
    system::{Deletion, next_row},
    *,
};
use ark_ff::Field;
use lariat_emulator::{
    isa::{Instruction, Opcode},
    test_util::Rng,
};
use lariat_jolt_core::columns as col;
use std::collections::BTreeSet;

/// No rows and no memory.
struct Nowhere;

impl Surroundings for Nowhere {
    fn params(&self) -> Params {
        Params::M8
    }

    fn is_row(&self, _: u32) -> bool {
        false
    }

    fn cell(&self, _: u32) -> Option<(bool, Fr)> {
        None
    }

    fn rows(&self, _: u32, _: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        Box::new(std::iter::empty())
    }

    fn words(&self, _: u32, _: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        Box::new(std::iter::empty())
    }
}

const VARS: usize = 5;
const TOP: u64 = 3;
/// An unknown without a domain.
const FREE: usize = VARS;

fn form(rng: &mut Rng, vars: usize) -> Form {
    let mut out = Form { constant: Fr::from(i64::from(rng.below(9)) - 4), terms: Vec::new() };
    for _ in 0..=rng.below(2) {
        out.add(rng.below(vars as u32) as usize, Fr::from(i64::from(rng.below(7)) - 3));
    }
    out
}

fn product(rng: &mut Rng, vars: usize) -> Fact {
    let c = if rng.one_in(2) { Form::default() } else { form(rng, vars) };
    Fact::Product { a: form(rng, vars), b: form(rng, vars), c }
}

fn holds(fact: &Fact, values: &[Fr]) -> bool {
    match fact {
        Fact::Linear(f) => f.value(values).is_zero(),
        Fact::Product { a, b, c } => a.value(values) * b.value(values) == c.value(values),
        _ => unreachable!("no such fact is made here"),
    }
}

/// Outputs of all solutions, by trying every assignment; the unknown without a domain follows from `definition`.
fn every_solution(facts: &[Fact], definition: &Form, outputs: &[usize]) -> BTreeSet<Vec<Fr>> {
    let count = (TOP + 1).pow(VARS as u32);
    let assignment = |n: u64| {
        let mut values: Vec<Fr> = (0..VARS as u32).map(|v| Fr::from(n / (TOP + 1).pow(v) % (TOP + 1))).collect();
        values.push(Fr::zero());
        values[FREE] = definition.value(&values);
        values
    };
    let solutions = (0..count).map(assignment).filter(|values| facts.iter().all(|f| holds(f, values)));
    solutions.map(|values| outputs.iter().map(|&v| values[v]).collect()).collect()
}

#[test]
fn finds_what_trying_everything_finds() {
    let mut rng = Rng::new(0x5eed);
    let (mut none, mut one, mut many) = (0, 0, 0);
    for _ in 0..3_000 {
        // scale · FREE + definition = 0.
        let definition = form(&mut rng, VARS);
        let scale = Fr::from(1 + rng.below(3));
        let mut linear = definition.clone();
        linear.add(FREE, scale);
        let definition = definition.scaled(-scale.inverse().unwrap());
        let mut facts = vec![Fact::Linear(linear)];
        for _ in 0..=rng.below(4) {
            let fact = match rng.below(3) {
                0 => Fact::Linear(form(&mut rng, VARS)),
                1 => product(&mut rng, VARS),
                _ => product(&mut rng, VARS + 1),
            };
            facts.push(fact);
        }
        let outputs = [rng.below(VARS as u32) as usize, FREE];
        let mut state = State::new(VARS + 1, &outputs);
        state.facts = facts.clone();
        state.domains[..VARS].fill(Some((0, i128::from(TOP))));
        let mut search = Search::new(&Nowhere, Infinite::Report, 1 << 20);
        let found = search.solutions(state, usize::MAX);
        assert!(search.is_complete, "{facts:?}");
        assert!(found.iter().all(|values| facts.iter().all(|f| holds(f, values))), "{facts:?}");
        let found: BTreeSet<Vec<Fr>> = found.iter().map(|values| outputs.map(|v| values[v]).into()).collect();
        assert_eq!(found, every_solution(&facts, &definition, &outputs), "{facts:?}");
        *(match found.len() {
            0 => &mut none,
            1 => &mut one,
            _ => &mut many,
        }) += 1;
    }
    assert!(none > 50 && one > 50 && many > 50, "{none}, {one}, {many}");
}

#[test]
fn says_so_where_it_cannot_tell() {
    // The square of an unknown without a domain is 4: the cases are infinite.
    let x = || Form::variable(0);
    let mut state = State::new(1, &[0]);
    state.facts = vec![Fact::Product { a: x(), b: x(), c: Form { constant: Fr::from(4u8), terms: Vec::new() } }];
    let mut search = Search::new(&Nowhere, Infinite::Report, 100);
    assert!(search.solutions(state.clone(), 2).is_empty() && !search.is_complete);
    // Trying finds one root, and still says that there may be others.
    let mut search = Search::new(&Nowhere, Infinite::Try, 100);
    assert_eq!(search.solutions(state, 2), [[Fr::from(2u8)]]);
    assert!(!search.is_complete);
}

/// One completion for every case, and every deletion is noticed: the engine in its small size.
#[test]
fn every_case_has_one_completion_and_every_deletion_is_noticed() {
    let size = Size { cases: Sample::Few, seed: 7 };
    let kinds = Opcode::ALL.len() - 1;
    for of_size in attack(size, &|_| {}) {
        let wrong: Vec<&Row> = of_size.rows().filter(|row| !row.is_clean()).collect();
        assert!(wrong.is_empty(), "log M = {}: {wrong:#?}", of_size.log_m);
        // Every instruction, and rows past the last step.
        assert_eq!(of_size.cases.len(), kinds + 1, "{:?}", of_size.cases);
        let tried = |rows: &[Row]| rows.iter().map(|row| row.tried).sum::<u64>();
        assert!(tried(&of_size.cases) > 3_000 && tried(&of_size.deletions) > 240, "{of_size:?}");
    }
}

/// A case of one instruction, judged with and without a demand on its rows.
fn completions(of: Case, without: &str) -> (Option<Completion>, Completions) {
    let group = Group { kind: Kind::Loops, code_base: 0x1_0000, cases: vec![of] };
    let laid = Laid::new(&group, Params::M8);
    let deletion = laid.system().deletions().into_iter().find(|d| laid.system().describe(*d) == without);
    struct Keep(Option<Deletion>, Vec<(Option<Completion>, Completions)>);
    impl Judge for Keep {
        fn judge(&mut self, _: usize, scene: &Scene<'_>, _: Option<&[Vec<Fr>]>) {
            self.1.push((scene.expected(), scene.completions(self.0)));
        }
    }
    let mut keep = Keep(deletion, Vec::new());
    laid.judge(&mut keep).unwrap();
    keep.1.pop().unwrap()
}

fn sum(a: u32, b: u32) -> Case {
    Case::plain(&[(5, a), (6, b)], Instruction::r_type(Opcode::Add, 7, 5, 6))
}

#[test]
fn a_sum_without_its_range_check_has_another_completion() {
    let (expected, honest) = completions(sum(u32::MAX, 2), "nothing");
    assert_eq!((honest.found, honest.is_complete), (vec![expected.clone().unwrap()], true));
    assert_eq!(expected.unwrap().writes, [(7, Fr::from(1u8))]);
    for without in ["lookup: Add in slot 3", "constraint: Add relation 1", "constraint: carry is a bit"] {
        let (_, others) = completions(sum(u32::MAX, 2), without);
        assert_eq!(others.found.len(), 2, "{without}: {others:?}");
    }
    // The carry of another instruction is nothing to a sum.
    assert_eq!(completions(sum(u32::MAX, 2), "constraint: Sub relation 1").1.found.len(), 1);
}

/// One completion of an operation on two words.
fn assert_one(op: Opcode, a: u32, b: u32) {
    let case = Case::plain(&[(5, a), (6, b)], Instruction::r_type(op, 7, 5, 6));
    let (expected, found) = completions(case, "nothing");
    assert!(found.is_complete);
    assert_eq!(found.found, [expected.unwrap()], "{op} {a:#x} {b:#x}");
}

/// No constraint says that the two columns are bits, nor that a divisor is zero that is called so: where that comes closest
/// to being of use, the quotient is right all the same.
#[test]
fn rejects_other_quotients_whatever_the_divisor_is_called() {
    for a in [0, 1, 2, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX] {
        for b in [0, 1, 2, 3, 0x8000_0000, u32::MAX] {
            for op in [Opcode::Divu, Opcode::Remu, Opcode::Div, Opcode::Rem] {
                assert_one(op, a, b);
            }
        }
    }
}

/// No constraint says that products of unsigned factors are not negative: their words leave no room for it.
#[test]
fn rejects_negative_products_of_unsigned_factors() {
    for a in [0, 1, 0x8000_0000, u32::MAX] {
        for b in [0, 1, 0x8000_0000, u32::MAX] {
            for op in [Opcode::Mul, Opcode::Mulhu, Opcode::Mulhsu, Opcode::Mulh, Opcode::Divu] {
                assert_one(op, a, b);
            }
        }
    }
}

/// What finds solutions is not what checks them.
#[test]
fn rejects_rows_that_are_no_solutions() {
    let load = Case::plain(&[(5, program::DATA + 4)], Instruction::load(Opcode::Lw, 7, 5, 0));
    let group = Group { kind: Kind::Loops, code_base: 0x1_0000, cases: vec![load] };
    struct Check;
    impl Judge for Check {
        fn judge(&mut self, _: usize, scene: &Scene<'_>, _: Option<&[Vec<Fr>]>) {
            let (given, found) = scene.first_row();
            let check = |values: &[Fr]| scene.system.check(&given, None, values, scene);
            assert_eq!(check(&found), Ok(()));
            let changed = |columns: &[(usize, i64)]| {
                let mut values = found.clone();
                for &(column, by) in columns {
                    values[column] += Fr::from(by);
                }
                check(&values).unwrap_err()
            };
            assert_eq!(changed(&[(col::RESULT, 1)]), "violates: Lw relation 1");
            assert_eq!(changed(&[(col::OFFSET, -1)]), "violates: jump");
            assert_eq!(changed(&[(next_row(scene.system.params), 1)]), "there is no next row");
            assert_eq!(changed(&[(col::slot_q(0), 1)]), "slot 0 has no entry of Range");
            // The next word's address, by a base that is no register's.
            assert_eq!(changed(&[(col::X, 4)]), "has other operands than are given");
            let another = [(col::RAM_PRE, 256), (col::RAM_POST, 256), (col::RESULT, 256), (col::slot_p(1), 1)];
            assert_eq!(changed(&another), "there is no such memory word");
        }
    }
    Laid::new(&group, Params::M8).judge(&mut Check).unwrap();
}
