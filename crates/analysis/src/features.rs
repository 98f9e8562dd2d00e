//! Feature switches: what a program is compiled with, and which of it the running program is told through AppContext.
//!
//! Names and defaults are those that the .NET SDK passes to Native AOT (Microsoft.NET.Sdk.targets and
//! Microsoft.NETCore.Native.targets), but for one that refuses constructors which are kept here; the user's settings win.

mod constants;
mod import_policy;
pub(crate) mod link_attributes;
pub(crate) mod linker_xml;
mod substitutions;

pub use import_policy::FeaturePolicy;
pub(crate) use import_policy::split_type_name;
pub(crate) use substitutions::{holds, split_signature};

use kiln_importer::Processor;
use std::collections::BTreeMap;

/// Switch values by name (`System.Globalization.Invariant` → `true`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureSettings {
    values: BTreeMap<String, String>,
    processor: Processor,
    /// Names and texts of substitution files that no assembly embeds.
    substitutions: Vec<(String, String)>,
}

/// The defaults of ahead-of-time compilation.
const DEFAULTS: &[(&str, &str)] = &[
    ("Microsoft.Extensions.DependencyInjection.VerifyOpenGenericServiceTrimmability", "false"),
    ("System.ComponentModel.TypeConverter.EnableUnsafeBinaryFormatterInDesigntimeLicenseContextSerialization", "false"),
    ("System.Diagnostics.Debugger.IsSupported", "false"),
    ("System.Diagnostics.Tracing.EventSource.IsSupported", "false"),
    ("System.Globalization.Invariant", "true"),
    ("System.Globalization.PredefinedCulturesOnly", "true"),
    ("System.Linq.Expressions.CanEmitObjectArrayDelegate", "false"),
    ("System.Reflection.Metadata.MetadataUpdater.IsSupported", "false"),
    ("System.Resources.ResourceManager.AllowCustomResourceTypes", "false"),
    ("System.Resources.UseSystemResourceKeys", "false"),
    ("System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported", "false"),
    ("System.Runtime.InteropServices.BuiltInComInterop.IsSupported", "false"),
    ("System.Runtime.InteropServices.EnableConsumingManagedCodeFromNativeHosting", "false"),
    ("System.Runtime.Serialization.EnableUnsafeBinaryFormatterSerialization", "false"),
    ("System.StartupHookProvider.IsSupported", "false"),
    ("System.Text.Encoding.EnableUnsafeUTF7Encoding", "false"),
    ("System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault", "false"),
    ("System.Threading.Thread.EnableAutoreleasePool", "false"),
];

impl Default for FeatureSettings {
    fn default() -> Self {
        Self {
            values: DEFAULTS.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect(),
            processor: Processor::PLAIN,
            substitutions: Vec::new(),
        }
    }
}

impl FeatureSettings {
    /// The defaults with the user's settings on top; later ones win.
    #[must_use]
    pub fn with_user<'a>(user: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut s = Self::default();
        for (k, v) in user {
            s.set(k, v);
        }
        s
    }

    /// For programs that run on these processors.
    #[must_use]
    pub fn on(self, processor: Processor) -> Self {
        Self { processor, ..self }
    }

    /// With these substitution files, by name, after those that assemblies embed.
    #[must_use]
    pub fn substituting(self, substitutions: Vec<(String, String)>) -> Self {
        Self { substitutions, ..self }
    }

    /// See [`Self::substituting`].
    pub(crate) fn substitutions(&self) -> &[(String, String)] {
        &self.substitutions
    }

    /// Sets a switch.
    pub fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    /// The value of a switch.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value of a boolean switch.
    #[must_use]
    pub fn bool(&self, name: &str) -> Option<bool> {
        let v = self.get(name)?;
        if v.eq_ignore_ascii_case("true") {
            Some(true)
        } else if v.eq_ignore_ascii_case("false") {
            Some(false)
        } else {
            None
        }
    }

    /// All switches, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_wins() {
        let s = FeatureSettings::with_user([("System.Globalization.Invariant", "False"), ("My.Switch", "7")]);
        assert_eq!(s.bool("System.Globalization.Invariant"), Some(false));
        assert_eq!(s.bool("System.Diagnostics.Tracing.EventSource.IsSupported"), Some(false));
        assert_eq!(s.bool("My.Switch"), None);
        assert_eq!(s.get("My.Switch"), Some("7"));
    }
}
