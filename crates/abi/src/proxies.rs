//! Proxies (`System.Reflection.DispatchProxy`): what implements the methods of interfaces in types that the runtime makes.
//!
//! Code is one per signature: it packs its arguments into an `object[]`, and takes from a thunk which method it stands for (contract §11).

use crate::dispatch::GvmHandle;
use crate::method_table::MethodTable;
use crate::record;

record! {
    /// What `Reflection::proxies` points to.
    pub struct Proxies, ProxiesFields {
        /// `interface_count` interfaces that proxies can have.
        pub interfaces: *const *const MethodTable,
        /// Number of them.
        pub interface_count: u64,
        /// `method_count` methods of them.
        pub methods: *const ProxyMethod,
        /// Number of them.
        pub method_count: u64,
        /// `generic_count` generic methods over arguments.
        pub generics: *const ProxyGeneric,
        /// Number of them.
        pub generic_count: u64,
    }
}

record! {
    /// A method of an interface.
    pub struct ProxyMethod, ProxyMethodFields {
        /// The interface: exact, or a template.
        pub interface: *const MethodTable,
        /// Code that a thunk calls with a [`ProxyTarget`].
        pub code: *const u8,
        /// Slot in the interface.
        pub slot: u32,
        /// MethodDef token.
        pub token: u32,
    }
}

record! {
    /// A generic method of an interface over the arguments that code calls it with.
    pub struct ProxyGeneric, ProxyGenericFields {
        /// What is called.
        pub handle: *const GvmHandle,
        /// Code that a thunk calls with a [`ProxyTarget`].
        pub code: *const u8,
        /// `count` arguments.
        pub arguments: *const *const MethodTable,
        /// Number of arguments.
        pub count: u32,
        /// MethodDef token.
        pub token: u32,
    }
}

record! {
    /// The context that a thunk brings; the overlay (`Kiln.Proxies`) reads it.
    pub struct ProxyTarget {
        /// The method's handle.
        pub method: *const u8,
        /// GC handle of what the overlay keeps of it, or 0.
        pub kept: u64,
    }
}
