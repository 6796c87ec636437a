//! `lariat prove`, and the steps that it shares with the demonstration.

use crate::{
    Report,
    args::{ProgressMode, ProveArgs, ProverArgs},
    counts::CountReport,
    error::CliError,
    files::{Kind, Target, load_program},
    format::{self, Lines, NOT_ZERO_KNOWLEDGE, Named},
    measure::{self, MulClock},
    progress::{self, Progress},
    spans::Spans,
    threads::ProverThreads,
};
use lariat_algebra::count;
use lariat_emulator::machine;
use lariat_jolt_core::{
    Config, Exit, Header, Inputs, Phase, Plan, Program, Proven, ProverMemory, VerifiedStatement, cheapest_tables,
    prove_witness_by, verify,
    witness::{self, Witness},
};
use lariat_pcs::Schemes;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Proves a run, verifies the proof and writes it.
pub fn prove(args: &ProveArgs, schemes: &Schemes) -> Report {
    let schemes = &args.prover.setup.apply(schemes)?;
    let proof_target = Target::new(Kind::Proof, &args.proof)?;
    let output_target = args.output.as_deref().map(|path| Target::new(Kind::Output, path)).transpose()?;
    let trace_target = args.trace.as_deref().map(|path| Target::new(Kind::Trace, path)).transpose()?;
    let spans = trace_target.as_ref().map(|_| Spans::record());
    let (program, load_time) = load_program(&args.program, &args.memory)?;
    let (public, private) = (args.input.load()?.unwrap_or_default(), args.private.load()?);
    let task = Task {
        program: &program,
        load_time,
        inputs: Inputs { public: &public, private: &private },
        max_steps: args.limits.max_steps,
        schemes,
    };
    let made = task.prove(&args.prover, args.report.progress)?;
    let spans = spans.map(Spans::finish).unwrap_or_default();
    // All are written before one of them appears: a full disk leaves none, and what was there before.
    let trace = trace_target.as_ref().map(|target| target.stage(&spans)).transpose()?;
    let proof = proof_target.stage(&made.proof)?;
    if let Some(target) = &output_target {
        target.save(&made.statement.output)?;
    }
    proof.publish()?;
    if let Some(trace) = trace {
        trace.publish()?;
    }
    if args.report.json {
        return Ok(format::json(&made.costs));
    }
    let mut lines = made.summary();
    lines.line("written to", proof_target.place()).note(NOT_ZERO_KNOWLEDGE);
    made.note_counts(&mut lines);
    Ok(lines.finish())
}

/// A run to be proven.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    pub program: &'a Program,
    pub load_time: Duration,
    pub inputs: Inputs<'a>,
    pub max_steps: u64,
    pub schemes: &'a Schemes,
}

/// What [`Task::prove`] did.
struct Work {
    proven: Proven,
    statement: VerifiedStatement,
    plan: Plan,
    memory: ProverMemory,
    counts: Option<CountReport>,
    verify_time: Duration,
}

/// A proof that was verified, and what it cost.
#[derive(Debug)]
pub struct Made {
    pub proof: Vec<u8>,
    pub statement: VerifiedStatement,
    pub costs: Costs,
    /// Why fewer threads were used than were asked for, if so.
    pub thread_shortage: Option<String>,
}

/// The JSON object of `prove`; its names are stable.
///
/// `prove_ns` is all that happens between the trace and the proof. Loading the program and setting up the scheme's
/// public parameters are `preprocess_ns`, running the program with a trace is `execute_ns`.
/// `mul_equivalents_per_instruction` is `prove_ns * threads / instructions / mul_ns`: wall time times threads is the
/// core time at most, for threads that wait count as if they worked.
#[derive(Debug, Serialize)]
pub struct Costs {
    pub instructions: u64,
    pub rows: u64,
    pub exit_code: u32,
    pub panicked: bool,
    pub execute_ns: u64,
    pub preprocess_ns: u64,
    pub prove_ns: u64,
    pub verify_ns: u64,
    pub phases_ns: Named,
    pub proof_bytes: usize,
    pub peak_rss_bytes: Option<u64>,
    pub estimated_peak_bytes: u64,
    pub estimated_bytes: Named,
    pub memory_plan: &'static str,
    pub pcs: String,
    pub setup: &'static str,
    pub setup_name: String,
    pub setup_digest: String,
    pub argument: &'static str,
    pub products: &'static str,
    pub hash: &'static str,
    pub log_m: usize,
    pub threads: usize,
    pub mul_ns: f64,
    pub mul_equivalents_per_instruction: f64,
    pub program_digest: String,
    pub output_hex: String,
    /// Operations by phase, if they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<CountReport>,
    #[serde(flatten)]
    pub security: format::Security,
}

impl Task<'_> {
    /// Runs, proves and verifies on as many threads as were asked for and help.
    pub fn prove(self, options: &ProverArgs, mode: ProgressMode) -> Result<Made, CliError> {
        let mut config = options.config.or(Config::default());
        let mut progress = Progress::new(mode);
        progress.begin(Phase::Execute);
        // The run without a trace costs little, and tells how much memory the one with a trace takes at least.
        let run = self.program.execute(self.inputs, self.max_steps)?;
        if options.config.log_m.is_none() {
            config.params = cheapest_tables(self.program, config, self.inputs, &run)?;
        }
        let budget = Budget { limit: options.memory, force: options.force };
        let threads = ProverThreads::start(options.threads, config.params, run.steps);
        let header = witness::run_header(self.program, config, self.inputs, &run)?;
        threads.threads.run(|| budget.check(self.program, &header, self.schemes))?;
        let mut clock = MulClock::default();
        clock.sample();
        let made = threads.threads.run(|| self.prove_and_verify(config, budget, options.count, &mut progress))?;
        clock.sample();
        progress.finish();
        Ok(self.made(made, &clock, &threads))
    }

    fn prove_and_verify(
        self,
        config: Config,
        budget: Budget,
        count: bool,
        progress: &mut Progress,
    ) -> Result<Work, CliError> {
        let (program, inputs, schemes) = (self.program, self.inputs, self.schemes);
        let start = Instant::now();
        let trace = Phase::Execute.span().in_scope(|| machine::trace(program.image(), inputs, self.max_steps))?;
        let (execute, instructions) = (start.elapsed(), trace.run.steps);
        let header = witness::header(program, config, inputs, &trace)?;
        budget.check(program, &header, schemes)?;

        progress.begin(Phase::Witness);
        let start = Instant::now();
        let witness = witness::build(program, config, inputs, &trace)?;
        drop(trace);
        let build = start.elapsed();
        // Now the cells that are touched are known, and with them the memory that is still to be asked for.
        let (plan, memory) = budget.choose(program, &witness, schemes)?;
        let prove = || prove_witness_by(program, witness, plan, schemes, &mut |phase| progress.begin(phase));
        let (proven, counts) = if count {
            let (proven, counts) = count::record(prove);
            (proven, Some(CountReport(counts)))
        } else {
            (prove(), None)
        };
        let mut proven = proven?;
        proven.instructions = instructions;
        proven.phases.insert(0, (Phase::Execute, execute));
        proven.phases.insert(1, (Phase::Witness, build));

        progress.begin_named(progress::VERIFY);
        let start = Instant::now();
        let statement = verify(self.program, &proven.proof, self.schemes).map_err(CliError::SelfCheck)?;
        Ok(Work { proven, statement, plan, memory, counts, verify_time: start.elapsed() })
    }

    fn made(self, work: Work, clock: &MulClock, threads: &ProverThreads) -> Made {
        let Work { proven, statement, plan, memory, counts, verify_time } = work;
        let (threads, thread_shortage) = (threads.threads.count(), threads.shortage());
        let total = |wanted: &dyn Fn(Phase) -> bool| {
            let times = proven.phases.iter().filter(|(phase, _)| wanted(*phase)).map(|(_, time)| *time);
            format::ns(times.sum())
        };
        let prove_ns = total(&|phase| !matches!(phase, Phase::Execute | Phase::Setup));
        let mul_ns = clock.median_ns();
        let per_instruction = prove_ns as f64 * threads as f64 / proven.instructions.max(1) as f64;
        let (exit_code, panicked) = format::exit_parts(statement.exit);
        let Config { pcs, argument, hash, params, products } = statement.config;
        let costs = Costs {
            instructions: proven.instructions,
            rows: statement.rows,
            exit_code,
            panicked,
            execute_ns: total(&|phase| phase == Phase::Execute),
            preprocess_ns: format::ns(self.load_time) + total(&|phase| phase == Phase::Setup),
            prove_ns,
            verify_ns: format::ns(verify_time),
            phases_ns: Named(proven.phases.iter().map(|(phase, time)| (phase.name(), format::ns(*time))).collect()),
            proof_bytes: proven.proof.len(),
            peak_rss_bytes: measure::peak_rss_bytes(),
            estimated_peak_bytes: memory.peak(),
            estimated_bytes: Named(memory.named_parts().to_vec()),
            memory_plan: plan.name(),
            pcs: pcs.to_string(),
            setup: statement.setup.source.kind(),
            setup_name: statement.setup.source.name().to_owned(),
            setup_digest: format::hex(&statement.setup.digest),
            argument: argument.name(),
            products: products.name(),
            hash: hash.name(),
            log_m: params.log_m(),
            threads,
            mul_ns,
            mul_equivalents_per_instruction: per_instruction / mul_ns,
            program_digest: format::hex(&statement.program_digest),
            output_hex: format::hex(&statement.output),
            counts,
            security: format::Security::new(&statement.security),
        };
        Made { proof: proven.proof, statement, costs, thread_shortage }
    }
}

impl Made {
    /// The table of operations, if they were counted.
    pub fn note_counts(&self, lines: &mut Lines) {
        for line in self.costs.counts.iter().flat_map(|counts| counts.table(self.costs.instructions)) {
            lines.note(line);
        }
    }

    /// The summary for people.
    pub fn summary(&self) -> Lines {
        let c = &self.costs;
        let time = |ns| format::time(Duration::from_nanos(ns));
        let seconds = c.prove_ns as f64 / 1e9;
        let plural = if c.threads == 1 { "" } else { "s" };
        let mut lines = Lines::new(format!(
            "proven and verified: {} instructions in {}, {:.0} a second on {} thread{plural}",
            c.instructions,
            time(c.prove_ns),
            c.instructions as f64 / seconds.max(1e-9),
            c.threads,
        ));
        if let Some(shortage) = &self.thread_shortage {
            lines.line("threads", shortage);
        }
        lines.line("program", &c.program_digest);
        lines.line("exit", format::exit(self.statement.exit));
        if !matches!(self.statement.exit, Exit::Halted { code: 0 }) {
            lines.line("", "(the proof shows this end; it is no failure of the prover)");
        }
        lines.line("output", format::output(&self.statement.output));
        lines.line("rows", c.rows);
        lines.line("configuration", format::config(self.statement.config));
        lines.line("setup", &self.statement.setup);
        lines.line("security", format::security(&self.statement.security));
        lines.line("execution", time(c.execute_ns));
        lines.line("preprocessing", time(c.preprocess_ns));
        for (phase, ns) in c.phases_ns.0.iter().filter(|(name, _)| !["execute", "setup"].contains(name)) {
            lines.line("", format!("{:<15} {:>9}", phase.replace('_', " "), time(*ns)));
        }
        lines.line("verification", time(c.verify_ns));
        lines.line("proof", format::size(c.proof_bytes as u64));
        let peak = c.peak_rss_bytes.map_or_else(|| "unknown on this system".to_owned(), format::size);
        lines.line("peak memory", format!("{peak} (plan: {})", c.memory_plan));
        lines.line(
            "cost",
            format!(
                "{:.0} field multiplications (of {:.1} ns) per instruction",
                c.mul_equivalents_per_instruction, c.mul_ns
            ),
        );
        lines
    }
}

/// The memory that a proof may take.
#[derive(Clone, Copy, Debug)]
struct Budget {
    /// What was allowed; else what is available.
    limit: Option<u64>,
    force: bool,
}

impl Budget {
    /// Refuses a run for which even the plan that keeps least takes more. Which cells and columns it uses is not known.
    fn check(self, program: &Program, header: &Header, schemes: &Schemes) -> Result<(), CliError> {
        let Some(allowed) = self.allowed().filter(|_| !self.force) else { return Ok(()) };
        let mut needed = u64::MAX;
        for plan in self.plans() {
            if ProverMemory::at_least(program, header, schemes, plan)?.peak() <= allowed {
                return Ok(());
            }
            needed = needed.min(ProverMemory::estimate(program, header, schemes, plan)?.peak());
        }
        // Cells that the run touches are yet to come.
        Err(self.refusal(header.steps, needed.saturating_add(needed / 6), allowed))
    }

    /// The fastest plan that stays in the budget.
    fn choose(self, program: &Program, witness: &Witness, schemes: &Schemes) -> Result<(Plan, ProverMemory), CliError> {
        let estimate = |plan| Ok((plan, ProverMemory::of_witness(program, witness, schemes, plan)?));
        let mut estimates = self.plans().map(estimate).collect::<Result<Vec<_>, CliError>>()?;
        let allowed = self.allowed().unwrap_or(u64::MAX);
        if let Some(at) = estimates.iter().position(|(_, memory)| memory.peak() <= allowed) {
            return Ok(estimates.swap_remove(at));
        }
        let least = estimates.into_iter().min_by_key(|(_, memory)| memory.peak());
        least.filter(|_| self.force).ok_or_else(|| {
            let needed = least.map_or(u64::MAX, |(_, memory)| memory.peak());
            self.refusal(witness.header.steps, needed, allowed)
        })
    }

    /// All plans if a limit was given, else the usual one and those that keep less.
    fn plans(self) -> impl Iterator<Item = Plan> {
        let first = if self.limit.is_some() { Plan::ALL[0] } else { Plan::default() };
        first.and_smaller()
    }

    fn allowed(self) -> Option<u64> {
        self.limit.or_else(measure::available_bytes)
    }

    fn refusal(self, rows: u64, needed: u64, allowed: u64) -> CliError {
        let (needed_mib, allowed_mib) = (needed.div_ceil(1 << 20), allowed >> 20);
        CliError::Memory { rows, needed_mib, allowed_mib, limited: self.limit.is_some() }
    }
}
