//! The filter of system calls: what no module has a reason to do while it is imported.
//!
//! A list of what is denied, not of what is allowed: a module may be of any kind, and a call that it is denied must
//! not decide about its ABI. What is denied fails with `EPERM`.

use super::Room;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
pub(super) fn filter(room: &Room, has_network: bool) -> Result<(), String> {
    supported::filter(room, has_network).map_err(|error| error.to_string())
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
pub(super) fn filter(_: &Room, _: bool) -> Result<(), String> {
    Err("not available on this architecture".to_owned())
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
mod supported {
    use std::collections::BTreeMap;

    use libc::{
        AF_INET, AF_INET6, AF_NETLINK, CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS,
        CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWUTS, EPERM,
    };
    use seccompiler::{
        BackendError, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, apply_filter,
    };

    use super::Room;

    /// A second set of numbers for the same calls, which the kernel tells by this bit alone.
    #[cfg(target_arch = "x86_64")]
    const X32: i64 = 0x4000_0000;

    /// Other processes, their memory and their limits; the system's mounts, clock, keys, modules and names;
    /// namespaces, in which a process has privileges; what reaches past this filter or past Landlock.
    const DENIED: &[i64] = &[
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_process_madvise,
        libc::SYS_pidfd_getfd,
        libc::SYS_kcmp,
        libc::SYS_move_pages,
        libc::SYS_migrate_pages,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_fsopen,
        libc::SYS_fsmount,
        libc::SYS_fsconfig,
        libc::SYS_fspick,
        libc::SYS_move_mount,
        libc::SYS_open_tree,
        libc::SYS_mount_setattr,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_kexec_load,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_fanotify_init,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_swapoff,
        libc::SYS_settimeofday,
        libc::SYS_clock_settime,
        libc::SYS_adjtimex,
        libc::SYS_clock_adjtime,
        libc::SYS_sethostname,
        libc::SYS_setdomainname,
        libc::SYS_quotactl,
        libc::SYS_acct,
        libc::SYS_syslog,
        libc::SYS_vhangup,
        libc::SYS_name_to_handle_at,
        libc::SYS_open_by_handle_at,
        libc::SYS_lookup_dcookie,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_iopl,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_ioperm,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_modify_ldt,
        // musl's headers have no number for it but on x86.
        #[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_env = "gnu")))]
        libc::SYS_kexec_file_load,
    ];

    /// As if the kernel did not know them. `clone3` hides its flags from the filter, and every C library goes
    /// back to `clone`; `io_uring` does what other calls do without making them.
    const UNKNOWN: &[i64] =
        &[libc::SYS_clone3, libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register];

    /// Namespaces that `clone` could make.
    const NAMESPACES: [i32; 7] =
        [CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP];

    type Rules = BTreeMap<i64, Vec<SeccompRule>>;

    pub(super) fn filter(room: &Room, has_network: bool) -> Result<(), Error> {
        let unknown = UNKNOWN.iter().map(|&call| (call, Vec::new())).collect();
        // The stricter answer of two filters counts, and each was there before the next: all is compiled first.
        let denied = compile(denied(room, has_network)?, EPERM)?;
        let unknown = compile(unknown, libc::ENOSYS)?;
        apply_filter(&denied)?;
        apply_filter(&unknown)
    }

    fn compile(rules: Rules, errno: i32) -> Result<seccompiler::BpfProgram, BackendError> {
        #[cfg(target_arch = "x86_64")]
        let rules: Rules = rules
            .into_iter()
            .flat_map(|(call, rules)| [(call, rules.clone()), (call | X32, rules)])
            .collect();
        let action = SeccompAction::Errno(errno.unsigned_abs());
        SeccompFilter::new(rules, SeccompAction::Allow, action, std::env::consts::ARCH.try_into()?)?
            .try_into()
    }

    fn denied(room: &Room, has_network: bool) -> Result<Rules, BackendError> {
        let mut rules: Rules = DENIED.iter().map(|&call| (call, Vec::new())).collect();
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
        for call in [
            libc::SYS_kill,
            libc::SYS_tkill,
            libc::SYS_tgkill,
            libc::SYS_rt_sigqueueinfo,
            libc::SYS_rt_tgsigqueueinfo,
            libc::SYS_pidfd_open,
            libc::SYS_sched_setaffinity,
            libc::SYS_sched_setscheduler,
            libc::SYS_sched_setparam,
            libc::SYS_sched_setattr,
        ] {
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
