//! Structs of CoreLib's own that `SystemNative_*` functions fill in (`Interop.Sys`, CoreLib for Unix).

use super::ManagedField;
use crate::record;
use core::ffi::c_char;
use core::mem::offset_of;

record! {
    /// `FileStatus`: what `stat` tells.
    #[derive(Default)]
    pub struct FileStatus {
        /// `FileStatusFlags`.
        pub flags: i32,
        /// Kind and permissions.
        pub mode: i32,
        /// Owner.
        pub uid: u32,
        /// Group.
        pub gid: u32,
        /// Bytes.
        pub size: i64,
        /// Last access, in seconds.
        pub atime: i64,
        /// Nanoseconds of it.
        pub atime_nsec: i64,
        /// Last change of the content.
        pub mtime: i64,
        /// Nanoseconds of it.
        pub mtime_nsec: i64,
        /// Last change of the status.
        pub ctime: i64,
        /// Nanoseconds of it.
        pub ctime_nsec: i64,
        /// When it was made.
        pub birth_time: i64,
        /// Nanoseconds of it.
        pub birth_time_nsec: i64,
        /// The device it is on.
        pub dev: i64,
        /// The device it is.
        pub rdev: i64,
        /// Number on the device.
        pub ino: i64,
        /// BSD's flags.
        pub user_flags: u32,
    }
}

record! {
    /// `DirectoryEntry`.
    pub struct DirectoryEntry {
        /// The name.
        pub name: *const c_char,
        /// Its length, -1: it ends with NUL.
        pub name_length: i32,
        /// `NodeType`.
        pub inode_type: i32,
    }
}

record! {
    /// `Passwd`: a user.
    pub struct Passwd {
        /// Name.
        pub name: *mut c_char,
        /// Password.
        pub password: *mut c_char,
        /// Number.
        pub uid: u32,
        /// Group.
        pub gid: u32,
        /// Full name and so on.
        pub info: *mut c_char,
        /// Home folder.
        pub home: *mut c_char,
        /// Shell.
        pub shell: *mut c_char,
    }
}

record! {
    /// `ProcessCpuInformation`: the last look at the processor time, in nanoseconds.
    pub struct ProcessCpuInformation {
        /// When.
        pub time: u64,
        /// Time in the system.
        pub kernel: u64,
        /// Time in the program.
        pub user: u64,
    }
}

macro_rules! fields {
    ($($ty:literal is $record:ident { $($name:literal is $field:ident,)* })*) => {
        /// All of them.
        pub const FIELDS: &[ManagedField] = &[$( $( ManagedField { ty: $ty, name: $name, offset: offset_of!($record, $field) }, )* )*];
    };
}

fields! {
    "Interop+Sys+FileStatus" is FileStatus {
        "Flags" is flags,
        "Mode" is mode,
        "Uid" is uid,
        "Gid" is gid,
        "Size" is size,
        "ATime" is atime,
        "ATimeNsec" is atime_nsec,
        "MTime" is mtime,
        "MTimeNsec" is mtime_nsec,
        "CTime" is ctime,
        "CTimeNsec" is ctime_nsec,
        "BirthTime" is birth_time,
        "BirthTimeNsec" is birth_time_nsec,
        "Dev" is dev,
        "RDev" is rdev,
        "Ino" is ino,
        "UserFlags" is user_flags,
    }
    "Interop+Sys+DirectoryEntry" is DirectoryEntry {
        "Name" is name,
        "NameLength" is name_length,
        "InodeType" is inode_type,
    }
    "Interop+Sys+Passwd" is Passwd {
        "Name" is name,
        "Password" is password,
        "UserId" is uid,
        "GroupId" is gid,
        "UserInfo" is info,
        "HomeDirectory" is home,
        "Shell" is shell,
    }
    "Interop+Sys+ProcessCpuInformation" is ProcessCpuInformation {
        "lastRecordedCurrentTime" is time,
        "lastRecordedKernelTime" is kernel,
        "lastRecordedUserTime" is user,
    }
}
