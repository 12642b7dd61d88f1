//! Partial execution: from a function to the calls that matter, along every path that could be taken.
//!
//! Values that are known are computed with; a jump whose condition is unknown is taken both ways, depth first, the
//! fall-through first. Time and memory are bounded by a budget of instructions, whatever the input is: a fork
//! stores its registers, and what it stored in memory is undone when the search goes back.

use foldhash::{HashMap, HashMapExt};

use crate::calls::{self, Created, Effect};
use crate::machine::{Context, Machine, ObjectAccess, RETURN, Registers, Step};
use crate::program::Program;
use crate::value::Value;

/// Calls of the image's own functions are entered up to this depth.
const MOST_DEPTH: u8 = 6;
/// How often a jump may go to the same target, at one depth, when its condition was unknown.
const MOST_VISITS: u32 = 12;
/// The same when the condition was known: loops over tables.
const MOST_CONCRETE_VISITS: u32 = 3000;
/// Forks that wait. Each holds the registers.
const MOST_FORKS: usize = 2048;
/// Calls that are remembered.
const MOST_CALLS: usize = 4096;

/// Where a path came to a stop that is worth a look. The state is still there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stop {
    /// It creates the module.
    Created(Created),
    /// It returned.
    Returned(Value),
}

/// A call of an import that was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The symbol's number.
    pub(crate) symbol: u32,
    /// The first arguments.
    pub(crate) arguments: [Value; 6],
    /// Where the convention passes variable arguments on the stack: the first of them.
    pub(crate) variadic: Option<[Value; 2]>,
}

struct Fork {
    registers: Box<Registers>,
    mark: usize,
}

/// An execution.
pub(crate) struct Executor<'p> {
    machine: Machine,
    pub(crate) context: Context<'p>,
    forks: Vec<Fork>,
    visits: HashMap<(u64, u8), u32>,
    /// Instructions left.
    pub(crate) budget: u32,
    /// Calls of the image's own functions are entered up to this depth.
    depth: u8,
    /// Calls of imports, of every path.
    pub(crate) calls: Vec<Call>,
    running: bool,
    /// The image's own functions that were called, if accesses are noted.
    called: Vec<u64>,
    /// Whether the function at an address only jumps to an import, where that was asked.
    stubs: HashMap<u64, bool>,
}

impl<'p> Executor<'p> {
    pub(crate) fn new(program: &'p Program<'p>, machine: Machine) -> Self {
        Self {
            machine,
            context: Context::new(program, Registers::new(0)),
            forks: Vec::new(),
            visits: HashMap::new(),
            budget: 0,
            depth: MOST_DEPTH,
            calls: Vec::new(),
            running: false,
            called: Vec::new(),
            stubs: HashMap::new(),
        }
    }

    /// Prepares to execute the function at `address`. Memory is as it was at the last [`Self::commit`].
    pub(crate) fn start(&mut self, address: u64, budget: u32) {
        self.start_at_depth(address, budget, MOST_DEPTH);
    }

    /// The same, entering calls up to `depth` only.
    pub(crate) fn start_at_depth(&mut self, address: u64, budget: u32, depth: u8) {
        let heap = self.context.registers.heap;
        self.context.memory.undo(0);
        self.context.registers = Registers::new(address);
        self.context.registers.heap = heap;
        self.forks.clear();
        self.visits.clear();
        self.calls.clear();
        self.budget = budget;
        self.depth = depth;
        self.running = true;
        self.machine.enter(&mut self.context);
    }

    /// Sets an argument of the function that is about to start.
    pub(crate) fn set_argument(&mut self, index: usize, value: Value) {
        self.machine.set_argument(&mut self.context, index, value);
    }

    /// Keeps what memory holds for all that starts later.
    pub(crate) fn commit(&mut self) {
        self.context.memory.keep();
    }

    /// Executes until a call of an import satisfies `wanted`, passing every stop, and tells that call.
    pub(crate) fn find_call(&mut self, wanted: impl Fn(&Self, &Call) -> bool) -> Option<Call> {
        /// Instructions between two looks.
        const SLICE: u32 = 256;
        let mut seen = 0;
        let mut left = self.budget;
        while left > 0 {
            self.budget = left.min(SLICE);
            left -= self.budget;
            let stop = self.next_stop();
            if let Some(call) = self.calls.iter().skip(seen).find(|&call| wanted(self, call)) {
                return Some(call.clone());
            }
            seen = self.calls.len();
            match stop {
                Some(Stop::Created(_)) => self.resume(),
                Some(Stop::Returned(_)) => {}
                None if self.running => {}
                None => return None,
            }
            left += self.budget;
        }
        None
    }

    /// Goes on to the next stop. `None` when every path has ended or the budget is spent.
    pub(crate) fn next_stop(&mut self) -> Option<Stop> {
        if !self.running && !self.backtrack() {
            return None;
        }
        self.running = true;
        while self.budget > 0 {
            self.budget -= 1;
            let step = self.machine.step(&mut self.context);
            let words = std::mem::take(&mut self.context.words);
            self.budget = self.budget.saturating_sub(words / 4);
            match self.follow(step) {
                Ok(()) => {}
                Err(Some(reached)) => {
                    self.running = false;
                    return Some(reached);
                }
                Err(None) => {
                    if !self.backtrack() {
                        self.running = false;
                        return None;
                    }
                }
            }
        }
        None
    }

    /// Goes on behind a creation as if it had succeeded.
    pub(crate) fn resume(&mut self) {
        let module = Value::Object(crate::value::ObjectKind::Module, 0);
        self.running = self.return_from_import(module).is_ok();
    }

    fn backtrack(&mut self) -> bool {
        let Some(fork) = self.forks.pop() else { return false };
        self.context.memory.undo(fork.mark);
        self.context.registers = *fork.registers;
        true
    }

    /// `Err` ends the path, with a stop if there is one to report.
    fn follow(&mut self, step: Step) -> Result<(), Option<Stop>> {
        match step {
            Step::Next(pc) => {
                // Only jumps go backwards.
                if pc <= self.context.registers.pc && !self.visit(pc, true) {
                    return Err(None);
                }
                self.context.registers.pc = pc;
                Ok(())
            }
            Step::Branch { taken, next, condition: Some(condition), .. } => {
                let target = if condition { taken } else { next };
                if !self.visit(target, true) {
                    return Err(None);
                }
                self.context.registers.pc = target;
                Ok(())
            }
            Step::Branch { taken, next, condition: None, equality } => self.fork(taken, next, equality),
            Step::Call { target, next } => self.call(target, next),
            Step::Jump(Value::Int(target)) => {
                if !self.visit(target, true) {
                    return Err(None);
                }
                self.context.registers.pc = target;
                Ok(())
            }
            Step::Jump(Value::Import(symbol, 0)) => self.call_import(symbol),
            Step::Return(Value::Int(RETURN)) => Err(Some(Stop::Returned(Machine::result(&self.context)))),
            Step::Return(Value::Int(to)) if self.context.memory.program.is_code(to) => {
                self.context.registers.depth = self.context.registers.depth.saturating_sub(1);
                self.context.registers.pc = to;
                Ok(())
            }
            Step::Jump(_) | Step::Return(_) | Step::End => Err(None),
        }
    }

    fn visit(&mut self, target: u64, concrete: bool) -> bool {
        let count = self.visits.entry((target, self.context.registers.depth)).or_default();
        *count += 1;
        *count <= if concrete { MOST_CONCRETE_VISITS } else { MOST_VISITS }
    }

    /// Takes a jump both ways, the fall-through first. On the way on which a register equals a number its value is
    /// known from here on.
    fn fork(&mut self, taken: u64, next: u64, equality: Option<bool>) -> Result<(), Option<Stop>> {
        self.context.registers.forked = true;
        let learn = |registers: &mut Registers, equal: bool| {
            if let (Some((register, number)), true) = (registers.compared.take(), equal) {
                registers.general[register] = Value::Int(number);
            }
        };
        let (fall_through, jump) = (self.visit(next, false), self.visit(taken, false));
        if fall_through && jump && self.forks.len() < MOST_FORKS {
            let mut registers = Box::new(self.context.registers.clone());
            registers.pc = taken;
            learn(&mut registers, equality == Some(true));
            self.forks.push(Fork { registers, mark: self.context.memory.mark() });
        }
        if !fall_through && !jump {
            return Err(None);
        }
        let registers = &mut self.context.registers;
        learn(registers, equality == Some(!fall_through));
        registers.pc = if fall_through { next } else { taken };
        Ok(())
    }

    fn call(&mut self, target: Value, next: u64) -> Result<(), Option<Stop>> {
        match target {
            // The next instruction: how position-independent code asks where it is.
            Value::Int(target) if self.context.memory.program.is_code(target) => {
                if self.context.accesses.is_some() && self.called.len() < MOST_CALLS {
                    self.called.push(target);
                }
                if self.context.registers.depth >= self.depth && !self.is_stub(target) {
                    self.machine.return_from_call(&mut self.context, Value::Unknown);
                    self.context.registers.pc = next;
                    return Ok(());
                }
                if !self.visit(target, true) {
                    return Err(None);
                }
                self.machine.set_return(&mut self.context, next);
                self.context.registers.depth += 1;
                self.context.registers.pc = target;
                Ok(())
            }
            Value::Import(symbol, 0) => {
                self.machine.set_return(&mut self.context, next);
                self.context.registers.depth += 1;
                self.call_import(symbol)
            }
            _ => {
                self.machine.return_from_call(&mut self.context, Value::Unknown);
                self.context.registers.pc = next;
                Ok(())
            }
        }
    }

    /// Whether the function at `target` only jumps to an import.
    fn is_stub(&mut self, target: u64) -> bool {
        if let Some(&known) = self.stubs.get(&target) {
            return known;
        }
        let is_stub = self.reaches_import(target);
        self.stubs.insert(target, is_stub);
        is_stub
    }

    fn reaches_import(&self, target: u64) -> bool {
        let mut context = Context::new(self.context.memory.program, Registers::new(target));
        for _ in 0..4 {
            match self.machine.step(&mut context) {
                Step::Next(pc) => context.registers.pc = pc,
                Step::Jump(Value::Import(..)) => return true,
                _ => return false,
            }
        }
        false
    }

    /// Calls an import from the first instruction of a function that stands for it: the return address is where
    /// the convention has it.
    fn call_import(&mut self, symbol: u32) -> Result<(), Option<Stop>> {
        let name = self.context.memory.program.symbol_name(symbol);
        if self.calls.len() < MOST_CALLS {
            let arguments = [0, 1, 2, 3, 4, 5].map(|index| self.machine.argument(&self.context, index));
            let variadic = self.machine.variadic_arguments(&self.context);
            self.calls.push(Call { symbol, arguments, variadic });
        }
        match calls::call(self.machine, &mut self.context, name) {
            Effect::Returns(value) => self.return_from_import(value),
            Effect::Ends => Err(None),
            Effect::Creates(created) => Err(Some(Stop::Created(created))),
        }
    }

    fn return_from_import(&mut self, result: Value) -> Result<(), Option<Stop>> {
        let to = self.machine.take_return(&mut self.context);
        self.machine.return_from_call(&mut self.context, result);
        self.follow(Step::Return(to))
    }

    /// The image's own functions that were called since the last time.
    pub(crate) fn take_called(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.called)
    }

    /// The accesses to the insides of objects since the last time.
    pub(crate) fn take_accesses(&mut self) -> Vec<ObjectAccess> {
        self.context.accesses.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
