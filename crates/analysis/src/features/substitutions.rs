//! Reads `ILLink.Substitutions.xml` (the linker's file format, docs of dotnet/runtime "substitutions"): constants for methods and
//! fields, some under the condition that a feature switch has a value.

use super::FeatureSettings;
use super::linker_xml::{assembly_name, elements, signature};
use roxmltree::{Document, Node};

/// What a substitution does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    /// `body="stub"` with the value, if any.
    Stub(Option<String>),
    /// `body="remove"`.
    Remove,
    /// A field's value.
    Field(String),
}

/// One substitution whose conditions hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Substitution {
    /// Simple assembly name.
    pub assembly: String,
    /// Full type name, nested types joined by `+`.
    pub ty: String,
    /// Signature (`Ret Name(Args)`) or name of a method; name of a field.
    pub member: String,
    /// What happens.
    pub action: Action,
}

/// Whether the conditions on an element hold.
pub(crate) fn holds(n: Node<'_, '_>, features: &FeatureSettings) -> bool {
    let Some(feature) = n.attribute("feature") else { return true };
    let wanted = n.attribute("featurevalue").unwrap_or("true");
    match features.get(feature) {
        Some(v) => v.eq_ignore_ascii_case(wanted),
        None => n.attribute("featuredefault").is_some_and(|d| d.eq_ignore_ascii_case("true")),
    }
}

/// The substitutions of one file that apply.
pub(crate) fn parse(text: &str, features: &FeatureSettings) -> Result<Vec<Substitution>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let doc = Document::parse(text).map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    for assembly in elements(doc.root_element(), "assembly", features) {
        let name = assembly_name(assembly).to_owned();
        for ty in elements(assembly, "type", features) {
            let full = ty.attribute("fullname").unwrap_or("").replace('/', "+");
            for m in elements(ty, "method", features) {
                let Some(member) = signature(m) else { continue };
                let action = match m.attribute("body") {
                    Some("stub") => Action::Stub(m.attribute("value").map(str::to_owned)),
                    Some("remove") => Action::Remove,
                    _ => continue,
                };
                out.push(Substitution { assembly: name.clone(), ty: full.clone(), member: member.to_owned(), action });
            }
            for f in elements(ty, "field", features) {
                if let (Some(member), Some(value)) = (f.attribute("name"), f.attribute("value")) {
                    out.push(Substitution {
                        assembly: name.clone(),
                        ty: full.clone(),
                        member: member.to_owned(),
                        action: Action::Field(value.to_owned()),
                    });
                }
            }
        }
    }
    Ok(out)
}

/// Splits `Ret Name(A,B)` into name and parameter types (`None`: a bare name).
pub(crate) fn split_signature(s: &str) -> (&str, Option<Vec<&str>>) {
    let Some(open) = s.find('(') else { return (s.trim(), None) };
    let head = s[..open].trim();
    let name = head.rsplit(' ').next().unwrap_or(head);
    let args = s[open + 1..].trim_end().trim_end_matches(')');
    let mut out = Vec::new();
    let (mut depth, mut start) = (0i32, 0);
    for (i, c) in args.char_indices() {
        match c {
            '<' | '[' => depth += 1,
            '>' | ']' => depth -= 1,
            ',' if depth == 0 => {
                out.push(args[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    if !args[start..].trim().is_empty() {
        out.push(args[start..].trim());
    }
    (name, Some(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions() {
        let text = r#"<linker><assembly fullname="A, Version=1"><type fullname="N.T/U" feature="F" featurevalue="false">
            <method signature="System.Boolean get_On()" body="stub" value="false" /></type>
            <type fullname="N.V"><field name="S" value="8" initialize="true"/>
            <method signature="System.Void M(System.Int32,A`2&lt;B,C&gt;)" body="remove" feature="G" featurevalue="true" featuredefault="true"/></type></assembly></linker>"#;
        let mut f = FeatureSettings::default();
        assert_eq!(parse(text, &f).unwrap().len(), 2);
        f.set("F", "False");
        f.set("G", "false");
        let s = parse(text, &f).unwrap();
        assert_eq!(s.len(), 2);
        assert_eq!((s[0].assembly.as_str(), s[0].ty.as_str()), ("A", "N.T+U"));
        assert_eq!(s[0].action, Action::Stub(Some("false".to_owned())));
        assert_eq!(s[1].action, Action::Field("8".to_owned()));
        assert!(parse("<a", &f).is_err());
    }

    #[test]
    fn signatures() {
        assert_eq!(split_signature("System.Void M(System.Int32,A`2<B,C>)"), ("M", Some(vec!["System.Int32", "A`2<B,C>"])));
        assert_eq!(split_signature("System.Boolean get_X()"), ("get_X", Some(vec![])));
        assert_eq!(split_signature(".cctor"), (".cctor", None));
    }
}
