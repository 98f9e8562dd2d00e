//! `kiln size`: where the bytes of the output come from, as a table and as an HTML treemap.

use kiln_data::SizeRow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A symbol's name without the kind of symbol and the assembly: `mt:[App]Ns.Type` is about `Ns.Type`.
fn bare(name: &str) -> &str {
    let name = name
        .rsplit_once(':')
        .filter(|(p, _)| !p.contains("::") && p.chars().all(|c| c.is_ascii_alphanumeric() || c == ':'))
        .map_or(name, |(_, n)| n);
    name.strip_prefix('[').and_then(|n| n.split_once(']')).map_or(name, |(_, n)| n)
}

/// The group a symbol belongs to: its namespace, without instantiations.
fn group(name: &str) -> String {
    let name = bare(name);
    let ty = name.split("::").next().unwrap_or(name);
    let ty = ty.split(['<', '`', '+', '[', '(']).next().unwrap_or(ty);
    ty.rsplit_once('.').map_or("(global)", |(ns, _)| ns).to_owned()
}

/// The type a symbol belongs to, without its namespace and instantiation.
fn owner(name: &str) -> String {
    let name = bare(name);
    let ty = name.split("::").next().unwrap_or(name);
    let ty = ty.split(['<', '[', '(']).next().unwrap_or(ty);
    ty.rsplit_once('.').map_or(ty, |(_, simple)| simple).to_owned()
}

/// A tree on a terminal: kinds, then namespaces with their largest types, each with its share as a bar.
#[must_use]
pub fn table(rows: &[SizeRow], total: u64) -> String {
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    let mut groups: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for r in rows.iter().filter(|r| r.category != "static") {
        *kinds.entry(r.category).or_default() += r.size;
        *groups.entry(group(&r.name)).or_default().entry(owner(&r.name)).or_default() += r.size;
    }
    let known: u64 = kinds.values().sum();
    let mut out = format!("{} in the file\n\n", size(total));
    let mut line = |depth: usize, bytes: u64, name: &str| {
        let share = bytes as f64 / total.max(1) as f64;
        let bar = "█".repeat((share * BAR as f64).round() as usize);
        let _ = writeln!(out, "{:>10} {:>5.1} %  {bar:<BAR$}  {}{name}", size(bytes), share * 100.0, "  ".repeat(depth));
    };
    for (kind, bytes) in largest(kinds.into_iter().map(|(k, v)| (k.to_owned(), v)), 0) {
        line(0, bytes, &kind);
    }
    line(0, total.saturating_sub(known), "runtime, unwind tables, relocations");
    line(0, total, "total");
    let sums = groups.iter().map(|(name, types)| (name.clone(), types.values().sum()));
    for (name, bytes) in largest(sums, total / 200) {
        line(0, bytes, &name);
        let types = groups.get(&name).into_iter().flatten().map(|(n, v)| (n.clone(), *v));
        for (ty, bytes) in largest(types, total / 200).into_iter().take(6) {
            line(1, bytes, &ty);
        }
    }
    out
}

/// Width of the bars.
const BAR: usize = 24;

fn size(bytes: u64) -> String {
    if bytes < 10_000 { format!("{bytes} B") } else { format!("{:.1} kB", bytes as f64 / 1000.0) }
}

/// Largest first; without those that are no larger than `least`.
fn largest(list: impl Iterator<Item = (String, u64)>, least: u64) -> Vec<(String, u64)> {
    let mut list: Vec<_> = list.filter(|(_, bytes)| *bytes > least).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list
}

/// A self-contained HTML page: one rectangle per namespace, area in proportion to its bytes.
#[must_use]
pub fn treemap(rows: &[SizeRow]) -> String {
    let mut groups: BTreeMap<String, u64> = BTreeMap::new();
    for r in rows {
        *groups.entry(group(&r.name)).or_default() += r.size;
    }
    let mut list: Vec<(String, u64)> = groups.into_iter().filter(|g| g.1 > 0).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut out = String::from(
        "<!doctype html><meta charset=utf-8><title>kiln size</title><style>body{margin:0;font:12px sans-serif}div{position:absolute;overflow:hidden;box-sizing:border-box;border:1px solid #fff;padding:2px}</style>\n",
    );
    // Slice and dice, largest first, along the longer side of what is left.
    let (mut x, mut y, mut w, mut h) = (0.0f64, 0.0f64, 100.0f64, 100.0f64);
    let mut left: f64 = list.iter().map(|g| g.1 as f64).sum();
    for (i, (name, size)) in list.iter().enumerate() {
        let share = (*size as f64 / left.max(1.0)).clamp(0.0, 1.0);
        let (rw, rh) = if w >= h { (w * share, h) } else { (w, h * share) };
        let _ = writeln!(
            out,
            "<div title='{}: {size} bytes' style='left:{x:.3}vw;top:{y:.3}vh;width:{rw:.3}vw;height:{rh:.3}vh;background:hsl({} 60% 80%)'>{}<br>{} kB</div>",
            escaped(name),
            (i * 47) % 360,
            escaped(name),
            size / 1024
        );
        if w >= h {
            x += rw;
            w -= rw;
        } else {
            y += rh;
            h -= rh;
        }
        left -= *size as f64;
    }
    out
}

/// Names may hold characters that mean something to HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::{group, owner};

    #[test]
    fn symbols_are_grouped_by_namespace() {
        assert_eq!(group("System.Text.StringBuilder::Append(char)"), "System.Text");
        assert_eq!(group("mt:[App]My.Ns.T"), "My.Ns");
        assert_eq!(group("[App]Program::Main()"), "(global)");
        assert_eq!(owner("mt:[App]My.Ns.T`1<System.String>"), "T`1");
    }
}
