//! The filter of system calls: what no module has a reason to do while it is imported.
//!
//! A list of what is denied, not of what is allowed: a module may be of any kind, and a call that it is denied must
//! not decide about its ABI. What is denied fails with `EPERM`. Where the kernel hands calls over ([`crate::watch`]), soabi
//! gives that answer, and writes down what was tried.

use std::os::fd::OwnedFd;

use super::wall::{Room, Wall, Walls};
use crate::watch::Kernel;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
pub(super) fn filter(room: &Room, walls: &mut Walls, kernel: &dyn Kernel) -> Option<OwnedFd> {
    let has_network = !walls.has(Wall::NetworkNamespace);
    let listener = supported::watch(room, has_network, kernel);
    let filtered = supported::filter(room, has_network, listener.is_ok());
    walls.record(Wall::Seccomp, filtered.map_err(|error| error.to_string()));
    walls.record(Wall::WatchedCalls, listener.as_ref().map(|_| ()).map_err(ToString::to_string));
    listener.ok()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
pub(super) fn filter(_: &Room, walls: &mut Walls, _: &dyn Kernel) -> Option<OwnedFd> {
    for wall in [Wall::Seccomp, Wall::WatchedCalls] {
        walls.record(wall, Err("not available on this architecture"));
    }
    None
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
mod supported {
    use std::collections::BTreeMap;
    use std::io;
    use std::os::fd::OwnedFd;

    use libc::{
        AF_INET, AF_INET6, AF_NETLINK, CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS,
        CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWUTS, EPERM, O_CREAT, O_RDWR, O_TRUNC, O_WRONLY,
    };
    use seccompiler::{
        BackendError, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, apply_filter,
    };

    use super::super::calls::{ADDRESSED, CHANGES, DENIED, OF_PROCESSES};
    use super::Room;
    use crate::watch::{Instruction, Kernel};

    /// A second set of numbers for the same calls, which the kernel tells by this bit alone.
    #[cfg(target_arch = "x86_64")]
    const X32: i64 = 0x4000_0000;

    /// As if the kernel did not know them. `clone3` and `openat2` hide their flags from the filter, and who calls them
    /// goes back to `clone` and `openat`; `io_uring` does what other calls do without making them.
    const UNKNOWN: &[i64] = &[
        libc::SYS_clone3,
        libc::SYS_openat2,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
    ];

    /// Namespaces that `clone` could make.
    const NAMESPACES: [i32; 7] =
        [CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP];

    type Rules = BTreeMap<i64, Vec<SeccompRule>>;

    /// A filter is compiled for this action, and gets the other in its place: the library does not know that one.
    const HANDED_OVER: (SeccompAction, u32) = (SeccompAction::Trace(0), libc::SECCOMP_RET_USER_NOTIF);
    /// The instruction that ends a filter (`BPF_RET | BPF_K`).
    const RETURN: u16 = 0x06;

    /// Filters this process: what is denied, where nobody watches, and what is unknown. The stricter answer of several
    /// filters counts.
    pub(super) fn filter(room: &Room, has_network: bool, is_watched: bool) -> Result<(), Error> {
        let unknown = UNKNOWN.iter().map(|&call| (call, Vec::new())).collect();
        let unknown = compile(unknown, SeccompAction::Errno(libc::ENOSYS.unsigned_abs()))?;
        if !is_watched {
            let denied = denied(room, has_network)?;
            apply_filter(&compile(denied, SeccompAction::Errno(EPERM.unsigned_abs()))?)?;
        }
        apply_filter(&unknown)
    }

    /// Hands over what is denied and what changes something, and gives the listener.
    pub(super) fn watch(room: &Room, has_network: bool, kernel: &dyn Kernel) -> io::Result<OwnedFd> {
        let program = watched(room, has_network).and_then(|rules| compile(rules, HANDED_OVER.0));
        let handed_over = u32::from(HANDED_OVER.0);
        let instruction = |filter: seccompiler::sock_filter| {
            let is_the_action = filter.code == RETURN && filter.k == handed_over;
            let k = if is_the_action { HANDED_OVER.1 } else { filter.k };
            Instruction { code: filter.code, jt: filter.jt, jf: filter.jf, k }
        };
        let program: Vec<_> = program.map_err(io::Error::other)?.into_iter().map(instruction).collect();
        kernel.filter(&program)
    }

    fn compile(rules: Rules, action: SeccompAction) -> Result<seccompiler::BpfProgram, BackendError> {
        #[cfg(target_arch = "x86_64")]
        let rules: Rules = rules
            .into_iter()
            .flat_map(|(call, rules)| [(call, rules.clone()), (call | X32, rules)])
            .collect();
        SeccompFilter::new(rules, SeccompAction::Allow, action, std::env::consts::ARCH.try_into()?)?
            .try_into()
    }

    /// What is denied, and what changes files or reaches for the network.
    fn watched(room: &Room, has_network: bool) -> Result<Rules, BackendError> {
        let mut rules = denied(room, has_network)?;
        for change in CHANGES {
            let changing =
                change.flags.map(|flags| [O_WRONLY, O_RDWR, O_CREAT, O_TRUNC].map(|bit| has_bit(flags, bit)));
            let changing = changing.into_iter().flatten().collect::<Result<_, _>>()?;
            rules.insert(change.number, changing);
        }
        for (call, _, address) in ADDRESSED {
            rules.insert(*call, vec![SeccompRule::new(vec![is_given(*address)?])?]);
        }
        Ok(rules)
    }

    fn denied(room: &Room, has_network: bool) -> Result<Rules, BackendError> {
        let mut rules: Rules = DENIED.iter().map(|&(call, _)| (call, Vec::new())).collect();
        rules.insert(
            libc::SYS_clone,
            NAMESPACES.iter().map(|&flag| has_bit(0, flag)).collect::<Result<_, _>>()?,
        );
        // Other people's limits; reading any is allowed, and setting one's own.
        let others = SeccompRule::new(vec![condition(0, SeccompCmpOp::Ne, 0)?, is_given(2)?])?;
        rules.insert(libc::SYS_prlimit64, vec![others]);
        rules.insert(libc::SYS_socket, sockets(has_network)?);
        // The worker of this process: a signal to it, to its group or to everybody, and how it is scheduled. The
        // first process of a PID namespace is not among everybody, and needs this itself.
        let everybody = (!room.outside.contains(&1)).then_some(-1);
        let groups = room.outside.iter().map(|&pid| -pid).filter(|&group| group != -1);
        let outside = room.outside.iter().copied().chain(groups).chain(everybody);
        let is_outside: Vec<_> = outside.map(|pid| is(0, pid)).collect::<Result<_, _>>()?;
        for &(call, _) in OF_PROCESSES {
            rules.insert(call, is_outside.clone());
        }
        let not_a_process = SeccompRule::new(vec![condition(0, SeccompCmpOp::Ne, 0)?])?;
        let other = SeccompRule::new(vec![condition(1, SeccompCmpOp::Ne, 0)?])?;
        rules.insert(libc::SYS_setpriority, vec![not_a_process, other]);
        let of_others = SeccompRule::new(vec![condition(1, SeccompCmpOp::Ne, 0)?])?;
        rules.insert(libc::SYS_ioprio_set, vec![of_others]);
        Ok(rules)
    }

    /// Only Internet sockets, and those only where there is no network. `socketpair` is another call.
    fn sockets(has_network: bool) -> Result<Vec<SeccompRule>, BackendError> {
        if has_network {
            return Ok(Vec::new());
        }
        let harmless = [AF_INET, AF_INET6, AF_NETLINK];
        let others = harmless.map(|family| condition(0, SeccompCmpOp::Ne, family));
        Ok(vec![SeccompRule::new(others.into_iter().collect::<Result<_, _>>()?)?])
    }

    fn is(argument: u8, value: i32) -> Result<SeccompRule, BackendError> {
        SeccompRule::new(vec![condition(argument, SeccompCmpOp::Eq, value)?])
    }

    fn has_bit(argument: u8, bit: i32) -> Result<SeccompRule, BackendError> {
        let bit = i64::from(bit).cast_unsigned();
        let mask = SeccompCmpOp::MaskedEq(bit);
        SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Qword, mask, bit)?])
    }

    /// An `int` that is compared as the kernel takes it: its lower half.
    fn condition(argument: u8, compare: SeccompCmpOp, value: i32) -> Result<SeccompCondition, BackendError> {
        let value = u64::from(value.cast_unsigned());
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, compare, value)
    }

    /// A pointer that is not null.
    fn is_given(argument: u8) -> Result<SeccompCondition, BackendError> {
        SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0)
    }
}
