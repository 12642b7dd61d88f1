//! System calls by name: those that walls stop, and those that change files or reach for the network, with the places of
//! their arguments.
//!
//! Source: `syscalls(2)` and the page of each call in section 2 of the Linux manual.

/// The numbers and names of calls.
macro_rules! calls {
    ($($(#[$condition:meta])* $name:ident),* $(,)?) => {
        &[$($(#[$condition])* (libc::$name, stringify!($name))),*]
    };
}

/// Other processes, their memory and their limits; the system's mounts, clock, keys, modules and names;
/// namespaces, in which a process has privileges; what reaches past the filter or past Landlock.
pub(super) const DENIED: &[(i64, &str)] = calls![
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_process_madvise,
    SYS_pidfd_getfd,
    SYS_kcmp,
    SYS_move_pages,
    SYS_migrate_pages,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_fsopen,
    SYS_fsmount,
    SYS_fsconfig,
    SYS_fspick,
    SYS_move_mount,
    SYS_open_tree,
    SYS_mount_setattr,
    SYS_unshare,
    SYS_setns,
    SYS_kexec_load,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_fanotify_init,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_quotactl,
    SYS_acct,
    SYS_syslog,
    SYS_vhangup,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    SYS_lookup_dcookie,
    #[cfg(target_arch = "x86_64")]
    SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    SYS_modify_ldt,
    // musl's headers have no number for it but on x86.
    #[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_env = "gnu")))]
    SYS_kexec_file_load,
];

/// Calls that name another process first, which may be the worker.
pub(super) const OF_PROCESSES: &[(i64, &str)] = calls![
    SYS_kill,
    SYS_tkill,
    SYS_tgkill,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_pidfd_open,
    SYS_sched_setaffinity,
    SYS_sched_setscheduler,
    SYS_sched_setparam,
    SYS_sched_setattr,
];

/// Calls that are denied for some of their arguments.
pub(super) const CONDITIONAL: &[(i64, &str)] =
    calls![SYS_clone, SYS_prlimit64, SYS_socket, SYS_setpriority, SYS_ioprio_set];

/// A call that changes files.
pub(crate) struct Change {
    pub(crate) number: i64,
    /// What it does to them.
    pub(crate) verb: &'static str,
    /// The arguments that are paths of what changes.
    pub(crate) paths: &'static [At],
    /// The argument that says whether it changes anything, as `open` has it.
    pub(crate) flags: Option<u8>,
}

/// Which argument is a path, and which the folder that it is below where it is not absolute: the working folder if none.
pub(crate) struct At {
    pub(crate) folder: Option<u8>,
    pub(crate) path: u8,
}

const fn cwd(path: u8) -> At {
    At { folder: None, path }
}

const fn below(folder: u8) -> At {
    At { folder: Some(folder), path: folder + 1 }
}

const fn change(number: i64, verb: &'static str, paths: &'static [At]) -> Change {
    Change { number, verb, paths, flags: None }
}

/// All of them. `openat2`, whose flags a filter does not see, is unknown behind walls.
pub(crate) const CHANGES: &[Change] = &[
    Change { flags: Some(2), ..change(libc::SYS_openat, "write", &[below(0)]) },
    change(libc::SYS_truncate, "write", &[cwd(0)]),
    change(libc::SYS_unlinkat, "remove", &[below(0)]),
    #[cfg(not(target_arch = "riscv64"))]
    change(libc::SYS_renameat, "rename", &[below(0), below(2)]),
    change(libc::SYS_renameat2, "rename", &[below(0), below(2)]),
    change(libc::SYS_mkdirat, "make", &[below(0)]),
    change(libc::SYS_mknodat, "make", &[below(0)]),
    change(libc::SYS_linkat, "make", &[below(2)]),
    change(libc::SYS_symlinkat, "make", &[below(1)]),
    change(libc::SYS_fchmodat, "change", &[below(0)]),
    change(libc::SYS_fchownat, "change", &[below(0)]),
    change(libc::SYS_utimensat, "change", &[below(0)]),
    change(libc::SYS_setxattr, "change", &[cwd(0)]),
    change(libc::SYS_lsetxattr, "change", &[cwd(0)]),
    change(libc::SYS_removexattr, "change", &[cwd(0)]),
    change(libc::SYS_lremovexattr, "change", &[cwd(0)]),
    // Newer machines have the calls above alone.
    #[cfg(target_arch = "x86_64")]
    Change { flags: Some(1), ..change(libc::SYS_open, "write", &[cwd(0)]) },
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_creat, "write", &[cwd(0)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_unlink, "remove", &[cwd(0)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_rmdir, "remove", &[cwd(0)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_rename, "rename", &[cwd(0), cwd(1)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_mkdir, "make", &[cwd(0)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_mknod, "make", &[cwd(0)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_link, "make", &[cwd(1)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_symlink, "make", &[cwd(1)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_chmod, "change", &[cwd(0)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_chown, "change", &[cwd(0)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_lchown, "change", &[cwd(0)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_utime, "change", &[cwd(0)]),
    #[cfg(target_arch = "x86_64")]
    change(libc::SYS_utimes, "change", &[cwd(0)]),
];

/// A call to an address: its number, what it does, and the argument that is the address, which its length follows.
pub(crate) const ADDRESSED: &[(i64, &str, u8)] = &[
    (libc::SYS_connect, "connect to", 1),
    (libc::SYS_bind, "listen at", 1),
    (libc::SYS_sendto, "send to", 4),
];

/// The name of a call that walls stop.
pub(crate) fn name(number: i64) -> Option<&'static str> {
    let all = DENIED.iter().chain(OF_PROCESSES).chain(CONDITIONAL);
    let (_, name) = all.into_iter().find(|(call, _)| *call == number)?;
    name.strip_prefix("SYS_")
}

/// Whether the first argument of a call is a process.
pub(crate) fn is_of_a_process(number: i64) -> bool {
    OF_PROCESSES.iter().any(|(call, _)| *call == number)
}
