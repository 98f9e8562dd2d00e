//! Link names. Those of instantiations are long, and most are named many times: as a symbol, in every reference and in size reports. They share the text.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// A link name; a copy costs a count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LinkName(Rc<str>);

impl Deref for LinkName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for LinkName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for LinkName {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl From<String> for LinkName {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl From<&String> for LinkName {
    fn from(name: &String) -> Self {
        Self(name.as_str().into())
    }
}

impl From<&Self> for LinkName {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}
