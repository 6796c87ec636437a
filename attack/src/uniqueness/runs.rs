//! From groups of cases to verdicts: the machine of the specification walks through them beside the emulator and the
//! witness, and every case is judged where it stands.

use super::{
    cases::{FOREIGN, Group, Kind, PRIVATE, PUBLIC},
    judge::Scene,
    machine::Machine,
    program::{Program, program},
    semantics,
    system::System,
};
use ark_ff::{Field, One};
use lariat_algebra::Fr;
use lariat_emulator::{
    image::Image,
    machine::{TraceResult, TraceRow, run, trace},
    memory_map::PRIVATE_INPUT_START,
};
use lariat_jolt_core::{
    Config, Inputs, Params,
    witness::{self, Witness},
};

/// Inputs of every run.
pub const INPUTS: Inputs<'static> = Inputs { public: PUBLIC, private: PRIVATE };

/// More steps than any group takes.
const MAX_STEPS: u64 = 1 << 20;

/// Told of every case: its number in the group, the scene, and the honest rows where there are any.
pub trait Judge {
    /// Whether it looks at honest rows: else no witness is built, and the emulator is left out.
    fn needs_honest(&self) -> bool {
        true
    }

    fn judge(&mut self, case: usize, scene: &Scene<'_>, honest: Option<&[Vec<Fr>]>);
}

/// A group laid out, with its rows and the demands on them.
pub struct Laid {
    program: Program,
    compiled: lariat_jolt_core::Program,
    system: System,
    kind: Kind,
}

impl Laid {
    /// Lays a group out for a table size.
    pub fn new(group: &Group, params: Params) -> Self {
        let program = program(group.code_base, &group.cases);
        let compiled = lariat_jolt_core::Program::from_image(program.image.clone());
        let system = System::new(params, group.code_base);
        Self { program, compiled, system, kind: group.kind }
    }

    /// Demands on the rows.
    pub fn system(&self) -> &System {
        &self.system
    }

    fn scene<'a>(&'a self, machine: &'a Machine) -> Scene<'a> {
        Scene { system: &self.system, bytecode: self.compiled.bytecode(), machine }
    }

    fn witness(&self, program: &lariat_jolt_core::Program, trace: &TraceResult) -> Witness {
        let config = Config { params: self.system.params, ..Config::default() };
        witness::build(program, config, INPUTS, trace).expect("the run's rows are the program's")
    }

    /// Walks through all cases.
    ///
    /// # Errors
    /// Where emulator, specification and expectation disagree on what a case does.
    pub fn judge(&self, judge: &mut dyn Judge) -> Result<(), String> {
        if self.kind == Kind::Through && !judge.needs_honest() {
            return self.walk_alone(judge);
        }
        if self.kind == Kind::Through {
            let trace = trace(&self.program.image, INPUTS, MAX_STEPS).map_err(|e| format!("a run fails: {e}"))?;
            return self.walk(&self.compiled, &trace, self.program.image.entry, judge);
        }
        let mut machine = Machine::new(&self.program.image, INPUTS);
        if self.kind == Kind::Unreadable {
            let values = [Fr::from(1u64 << 32), -Fr::one(), Fr::from(2u8).inverse().unwrap_or_default()];
            for (word, value) in (1..=FOREIGN).zip(values) {
                machine.memory.set(PRIVATE_INPUT_START / 4 + word, value);
            }
        }
        let mut image = self.program.image.clone();
        for (case, &(start, tested)) in self.program.places.iter().enumerate() {
            image.entry = start;
            machine.start(start);
            while machine.pc != tested {
                let effect = semantics::effect(&machine).map_err(|e| format!("at {:#x}: {e:?}", machine.pc))?;
                machine.apply(effect);
            }
            let found = semantics::effect(&machine);
            let disagrees = |what: String| Err(format!("case {case} at {tested:#x}: {what}"));
            match self.kind {
                _ if !judge.needs_honest() => judge.judge(case, &self.scene(&machine), None),
                Kind::Refused => {
                    let ran = run(&image, INPUTS, MAX_STEPS);
                    if found.is_ok() || ran.is_ok() {
                        return disagrees(format!("is not refused: {found:?}, {ran:?}"));
                    }
                    judge.judge(case, &self.scene(&machine), None);
                }
                Kind::Halts => {
                    let program = lariat_jolt_core::Program::from_image(image.clone());
                    let trace = trace(&image, INPUTS, MAX_STEPS).map_err(|e| format!("a run fails: {e}"))?;
                    self.walk(&program, &trace, start, &mut Only { case, judge: &mut *judge })?;
                }
                Kind::Loops if found.is_err() => return disagrees(format!("is refused: {found:?}")),
                Kind::Unreadable if found.is_ok() => return disagrees(format!("is read: {found:?}")),
                Kind::Loops | Kind::Unreadable => judge.judge(case, &self.scene(&machine), None),
                Kind::Through => {}
            }
        }
        Ok(())
    }

    /// Follows a run from an address to its end, and judges the cases on its way.
    fn walk(
        &self,
        program: &lariat_jolt_core::Program,
        trace: &TraceResult,
        start: u32,
        judge: &mut dyn Judge,
    ) -> Result<(), String> {
        let witness = self.witness(program, trace);
        let mut machine = Machine::new(&self.program.image, INPUTS);
        machine.start(start);
        let mut row = 0;
        for (t, step) in trace.rows.iter().enumerate() {
            let scene = self.scene(&machine);
            let count = scene.rows().len();
            if let Some(case) = self.case_at(machine.pc) {
                let honest: Vec<Vec<Fr>> = (row..row + count).map(|i| honest_row(&witness, i)).collect();
                judge.judge(case, &scene, Some(&honest));
            }
            row += count;
            let effect = semantics::effect(&machine).map_err(|e| format!("at {:#x}: {e:?}", machine.pc))?;
            let pc_index = machine.pc.wrapping_sub(self.program.image.code_base) / 4;
            let next = trace.rows.get(t + 1).map(|r| r.pc_index);
            agrees(&self.program.image, step, pc_index, effect, next)
                .map_err(|what| format!("the emulator disagrees at {:#x}: {what}", machine.pc))?;
            machine.apply(effect);
        }
        if row as u64 == witness.header.steps { Ok(()) } else { Err(format!("{row} rows were walked")) }
    }

    /// Follows the machine of the specification from the first case to the end.
    fn walk_alone(&self, judge: &mut dyn Judge) -> Result<(), String> {
        let mut machine = Machine::new(&self.program.image, INPUTS);
        loop {
            if let Some(case) = self.case_at(machine.pc) {
                judge.judge(case, &self.scene(&machine), None);
            }
            let effect = semantics::effect(&machine).map_err(|e| format!("at {:#x}: {e:?}", machine.pc))?;
            if !machine.apply(effect) {
                return Ok(());
            }
        }
    }

    /// The scene before the first step.
    pub fn at_start<T>(&self, then: impl FnOnce(&Scene<'_>) -> T) -> T {
        then(&self.scene(&Machine::new(&self.program.image, INPUTS)))
    }

    fn case_at(&self, pc: u32) -> Option<usize> {
        self.program.places.binary_search_by_key(&pc, |p| p.1).ok()
    }
}

/// Tells of one case alone.
struct Only<'a> {
    case: usize,
    judge: &'a mut dyn Judge,
}

impl Judge for Only<'_> {
    fn judge(&mut self, case: usize, scene: &Scene<'_>, honest: Option<&[Vec<Fr>]>) {
        if case == self.case {
            self.judge.judge(case, scene, honest);
        }
    }
}

fn honest_row(witness: &Witness, row: usize) -> Vec<Fr> {
    witness.columns.iter().map(|c| c.get(row)).collect()
}

/// Whether the emulator's row says the same.
fn agrees(
    image: &Image,
    row: &TraceRow,
    pc_index: u32,
    effect: semantics::Effect,
    next: Option<u32>,
) -> Result<(), String> {
    let next_of_effect = effect.next.map(|pc| pc.wrapping_sub(image.code_base) / 4);
    let writes = effect.write.is_none_or(|(_, word)| word == row.rd_post);
    let accesses = match effect.access {
        Some((word, after)) => (word, after) == (row.ram_addr / 4, row.ram_post),
        None => (row.ram_addr, row.ram_post) == (0, 0),
    };
    let same = row.pc_index == pc_index && writes && accesses && next == next_of_effect;
    if same { Ok(()) } else { Err(format!("{row:?}, then {next:?}; expected {effect:?}")) }
}
