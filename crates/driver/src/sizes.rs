//! `kiln size`: where the bytes of the output come from, as a table and as an HTML treemap.

use kiln_data::SizeRow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The group a symbol belongs to: its namespace or type, without instantiations.
fn group(name: &str) -> String {
    let name = name
        .rsplit_once(':')
        .filter(|(p, _)| !p.contains("::") && p.chars().all(|c| c.is_ascii_alphanumeric() || c == ':'))
        .map_or(name, |(_, n)| n);
    let name = name.strip_prefix('[').and_then(|n| n.split_once(']')).map_or(name, |(_, n)| n);
    let ty = name.split("::").next().unwrap_or(name);
    let ty = ty.split(['<', '`', '+', '[', '(']).next().unwrap_or(ty);
    ty.rsplit_once('.').map_or("(global)", |(ns, _)| ns).to_owned()
}

/// A table by category and by namespace.
#[must_use]
pub fn table(rows: &[SizeRow], total: u64) -> String {
    let mut categories: BTreeMap<&str, u64> = BTreeMap::new();
    let mut groups: BTreeMap<String, u64> = BTreeMap::new();
    for r in rows {
        *categories.entry(r.category).or_default() += r.size;
        *groups.entry(group(&r.name)).or_default() += r.size;
    }
    let mut out =
        format!("output: {total} bytes (object bytes below include relocations and unwind tables that the linker drops or merges)\n\n");
    let mut list: Vec<(String, u64)> = categories.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    for (k, v) in &list {
        let _ = writeln!(out, "{v:>10}  {k}");
    }
    out.push('\n');
    let mut list: Vec<(String, u64)> = groups.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    for (k, v) in list.iter().take(25) {
        let _ = writeln!(out, "{v:>10}  {k}");
    }
    out
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
            "<div title='{name}: {size} bytes' style='left:{x:.3}vw;top:{y:.3}vh;width:{rw:.3}vw;height:{rh:.3}vh;background:hsl({} 60% 80%)'>{name}<br>{} kB</div>",
            (i * 47) % 360,
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

#[cfg(test)]
mod tests {
    use super::group;

    #[test]
    fn symbols_are_grouped_by_namespace() {
        assert_eq!(group("System.Text.StringBuilder::Append(char)"), "System.Text");
        assert_eq!(group("mt:[App]My.Ns.T"), "My.Ns");
        assert_eq!(group("[App]Program::Main()"), "(global)");
    }
}
