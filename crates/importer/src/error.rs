//! Why a method could not be imported.

use kiln_diag::{Code, codes};
use kiln_il::IlError;
use kiln_typesys::TypeSysError;

/// Why a method could not be imported, and where.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{}{kind}", at(.offset))]
pub struct ImportError {
    /// IL offset, when one instruction is to blame.
    pub offset: Option<u32>,
    /// What.
    pub kind: ImportErrorKind,
}

fn at(offset: &Option<u32>) -> String {
    offset.map_or_else(String::new, |o| format!("IL_{o:04x}: "))
}

/// What is wrong.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum ImportErrorKind {
    /// The method has no IL (abstract, extern, runtime-provided).
    #[error("the method has no body")]
    NoBody,
    /// The code does not decode.
    #[error(transparent)]
    Il(#[from] IlError),
    /// A type or member does not load.
    #[error(transparent)]
    Type(#[from] TypeSysError),
    /// The IL breaks a rule of ECMA-335 III.
    #[error("invalid IL: {0}")]
    Invalid(String),
    /// `call` of a method without a body.
    #[error("call of {0}, which is abstract")]
    AbstractCall(String),
    /// `newobj` of a class that has no instances.
    #[error("instance of {0}, which is abstract")]
    AbstractInstance(String),
    /// An instruction that is not supported (KILN0302).
    #[error("the instruction {0} is not supported")]
    Unsupported(&'static str),
}

impl ImportError {
    /// The diagnostic code of this failure.
    #[must_use]
    pub fn code(&self) -> Code {
        match &self.kind {
            ImportErrorKind::Unsupported(_) => codes::UNSUPPORTED_IL,
            ImportErrorKind::Type(
                TypeSysError::MissingMethod(_)
                | TypeSysError::MissingField(_)
                | TypeSysError::MethodNotFound(_)
                | TypeSysError::FieldNotFound(_),
            ) => codes::METHOD_LOAD,
            ImportErrorKind::Type(_) => codes::TYPE_LOAD,
            _ => codes::INVALID_IL,
        }
    }

    /// What the exception says, where .NET's own words are known.
    #[must_use]
    pub fn throw_text(&self) -> Option<String> {
        match &self.kind {
            ImportErrorKind::Type(t) => type_throw_text(t),
            ImportErrorKind::Il(_) | ImportErrorKind::Invalid(_) => Some("Common Language Runtime detected an invalid program.".to_owned()),
            ImportErrorKind::AbstractInstance(_) => Some("Instances of abstract classes cannot be created.".to_owned()),
            _ => None,
        }
    }

    /// The `RhpThrowHelper` kind (see `kiln_abi::helpers::throw_kind`) of a body that stands for this failure.
    #[must_use]
    pub fn throw_kind(&self) -> i32 {
        throw_kind(&self.kind)
    }
}

/// See [`ImportError::throw_kind`].
pub(crate) fn throw_kind(kind: &ImportErrorKind) -> i32 {
    use kiln_abi::helpers::throw_kind as k;
    match kind {
        ImportErrorKind::Unsupported(_) => k::PLATFORM_NOT_SUPPORTED,
        ImportErrorKind::Type(e) => type_throw_kind(e),
        ImportErrorKind::AbstractCall(_) => k::BAD_IMAGE_FORMAT,
        ImportErrorKind::AbstractInstance(_) => k::ABSTRACT_INSTANCE,
        ImportErrorKind::NoBody | ImportErrorKind::Il(_) | ImportErrorKind::Invalid(_) => k::INVALID_PROGRAM,
    }
}

/// The `RhpThrowHelper` kind of what does not load.
#[must_use]
pub fn type_throw_kind(e: &TypeSysError) -> i32 {
    use kiln_abi::helpers::throw_kind as k;
    match e {
        TypeSysError::MissingMethod(_) | TypeSysError::MethodNotFound(_) => k::MISSING_METHOD,
        TypeSysError::MissingField(_) | TypeSysError::FieldNotFound(_) => k::MISSING_FIELD,
        TypeSysError::MissingAssembly { .. } => k::FILE_NOT_FOUND,
        TypeSysError::Violated(_) => k::VERIFICATION,
        _ => k::TYPE_LOAD,
    }
}

/// What the exception says of what does not load, where .NET's own words are known.
#[must_use]
pub fn type_throw_text(e: &TypeSysError) -> Option<String> {
    match e {
        TypeSysError::MissingAssembly { identity, .. } => {
            Some(format!("Could not load file or assembly '{identity}'. The system cannot find the file specified.\n"))
        }
        TypeSysError::NotLoaded(_)
        | TypeSysError::Violated(_)
        | TypeSysError::MissingType { .. }
        | TypeSysError::ObjectOverlap { .. }
        | TypeSysError::MethodNotFound(_)
        | TypeSysError::FieldNotFound(_) => Some(e.to_string()),
        _ => None,
    }
}

impl From<ImportErrorKind> for ImportError {
    fn from(kind: ImportErrorKind) -> Self {
        Self { offset: None, kind }
    }
}

impl From<TypeSysError> for ImportError {
    fn from(e: TypeSysError) -> Self {
        Self { offset: None, kind: e.into() }
    }
}

impl From<IlError> for ImportError {
    fn from(e: IlError) -> Self {
        Self { offset: None, kind: e.into() }
    }
}

/// An `Invalid` error.
pub(crate) fn invalid<T>(text: impl Into<String>) -> Result<T, ImportError> {
    Err(ImportErrorKind::Invalid(text.into()).into())
}
