//! Where the program starts: the user's Main, what the runtime calls, and what natives create.

pub(crate) mod descriptors;
mod directives;
mod whole;

pub use whole::symbols_of;

use crate::AnalysisError;
use kiln_lir::{Dep, ProgramStub, Sym};
use kiln_typesys::{MethodDesc, TypeDesc, TypeSystem, WellKnown};

/// What the user wants.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// The entry point.
    pub main: Option<MethodDesc>,
    /// Methods kept as they are (library exports).
    pub methods: Vec<MethodDesc>,
    /// Whatever else is kept: what [`symbols_of`] says of whole assemblies.
    pub symbols: Vec<Sym>,
}

/// Types that the runtime makes objects of (`abi::program::WellKnownTypes`); `None` where the class library has none.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the names are those of the record in abi")]
pub struct WellKnownTypes {
    pub object: Option<TypeDesc>,
    pub string: Option<TypeDesc>,
    pub runtime_type: Option<TypeDesc>,
    pub object_array: Option<TypeDesc>,
    pub string_array: Option<TypeDesc>,
    pub byte_array: Option<TypeDesc>,
    pub uint64_array: Option<TypeDesc>,
    pub int64_array: Option<TypeDesc>,
    pub array: Option<TypeDesc>,
    pub enum_: Option<TypeDesc>,
    pub value_type: Option<TypeDesc>,
    pub thread: Option<TypeDesc>,
    pub runtime_assembly: Option<TypeDesc>,
    pub runtime_module: Option<TypeDesc>,
    pub exception: Option<TypeDesc>,
}

impl WellKnownTypes {
    pub(crate) fn new(ts: &TypeSystem) -> Self {
        let w = |w| Some(ts.well_known(w));
        let array = |w| Some(ts.sz_array(ts.well_known(w)));
        let find = |ns: &str, n: &str| ts.find_type(ts.corelib(), ns, n);
        Self {
            object: w(WellKnown::Object),
            string: w(WellKnown::String),
            runtime_type: w(WellKnown::RuntimeType),
            object_array: array(WellKnown::Object),
            string_array: array(WellKnown::String),
            byte_array: array(WellKnown::Byte),
            uint64_array: array(WellKnown::UInt64),
            int64_array: array(WellKnown::Int64),
            array: w(WellKnown::Array),
            enum_: w(WellKnown::Enum),
            value_type: w(WellKnown::ValueType),
            thread: find("System.Threading", "Thread"),
            runtime_assembly: find("System.Reflection", "RuntimeAssembly"),
            runtime_module: find("System.Reflection", "RuntimeModule"),
            exception: w(WellKnown::Exception),
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> [Option<TypeDesc>; 15] {
        [
            self.object,
            self.string,
            self.runtime_type,
            self.object_array,
            self.string_array,
            self.byte_array,
            self.uint64_array,
            self.int64_array,
            self.array,
            self.enum_,
            self.value_type,
            self.thread,
            self.runtime_assembly,
            self.runtime_module,
            self.exception,
        ]
    }
}

/// Code that the runtime calls (`abi::program::ManagedEntryPoints`).
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the names are those of the record in abi")]
pub struct EntryPoints {
    pub main: Option<Sym>,
    pub create_exception: Option<Sym>,
    pub initialize_command_line_args: Option<Sym>,
    pub app_context_setup: Option<Sym>,
    pub on_process_exit: Option<Sym>,
    pub create_type_init_exception: Option<Sym>,
}

impl EntryPoints {
    pub(crate) fn new(ts: &TypeSystem, has_main: bool) -> Result<Self, AnalysisError> {
        let find = |ns: &str, ty: &str, name: &str, params: usize| -> Result<Option<Sym>, AnalysisError> {
            let t = ts.find_type(ts.corelib(), ns, ty).ok_or_else(|| AnalysisError::MissingRoot(format!("{ns}.{ty}")))?;
            let m = ts.find_method(t, name, params).ok_or_else(|| AnalysisError::MissingRoot(format!("{ns}.{ty}::{name}")))?;
            Ok(Some(kiln_lower::method_entry(ts, m)))
        };
        Ok(Self {
            main: has_main.then_some(Sym::ProgramStub(ProgramStub::Main)),
            create_exception: Some(Sym::ProgramStub(ProgramStub::CreateException)),
            initialize_command_line_args: find("System", "Environment", "InitializeCommandLineArgs", 3)?,
            app_context_setup: find("System", "AppContext", "Setup", 3)?,
            on_process_exit: find("System", "AppContext", "OnProcessExit", 0)?,
            create_type_init_exception: Some(Sym::ProgramStub(ProgramStub::CreateTypeInitException)),
        })
    }

    /// Those that the program has.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Sym> {
        [
            &self.main,
            &self.create_exception,
            &self.initialize_command_line_args,
            &self.app_context_setup,
            &self.on_process_exit,
            &self.create_type_init_exception,
        ]
        .into_iter()
        .flatten()
    }
}

/// Virtual methods that the runtime calls through vtables.
pub(crate) fn runtime_virtual_uses(ts: &TypeSystem) -> Vec<Dep> {
    let object = ts.well_known(WellKnown::Object);
    ts.find_method(object, "ToString", 0).map(Dep::VirtualUse).into_iter().collect()
}
