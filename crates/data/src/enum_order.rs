//! The order of an enum's constants: by value, and equal values as `Array.Sort(keys, items)` leaves them, since `ToString`, `GetNames` and
//! `GetName` show it. That sort is introspective and not stable from 17 elements on; what it does to equal keys is part of .NET's behaviour.

/// Up to so many elements are sorted by insertion.
const SMALL: usize = 16;

/// Sorts constants, given in the order of their declaration.
pub(crate) fn sort<T>(constants: &mut [(u64, T)]) {
    let depth = if constants.len() > 1 { 2 * (constants.len().ilog2() + 1) } else { 0 };
    introspective(constants, depth);
}

fn introspective<T>(all: &mut [(u64, T)], mut depth: u32) {
    let mut part = all;
    while part.len() > 1 {
        match part.len() {
            2 => return ordered(part, 0, 1),
            3 => {
                ordered(part, 0, 1);
                ordered(part, 0, 2);
                return ordered(part, 1, 2);
            }
            ..=SMALL => return part.sort_by_key(|c| c.0),
            _ if depth == 0 => return heap(part),
            _ => depth -= 1,
        }
        let pivot = partition(part);
        let (low, high) = part.split_at_mut(pivot);
        introspective(&mut high[1..], depth);
        part = low;
    }
}

/// Swaps two elements that are in the wrong order.
fn ordered<T>(part: &mut [(u64, T)], low: usize, high: usize) {
    if part[low].0 > part[high].0 {
        part.swap(low, high);
    }
}

/// Around the median of the first, the middle and the last element; the answer is where it comes to lie.
fn partition<T>(part: &mut [(u64, T)]) -> usize {
    let last = part.len() - 1;
    let middle = last / 2;
    ordered(part, 0, middle);
    ordered(part, 0, last);
    ordered(part, middle, last);
    let pivot = part[middle].0;
    part.swap(middle, last - 1);
    let (mut left, mut right) = (0, last - 1);
    while left < right {
        while left < last - 1 {
            left += 1;
            if pivot <= part[left].0 {
                break;
            }
        }
        while right > 0 {
            right -= 1;
            if pivot >= part[right].0 {
                break;
            }
        }
        if left >= right {
            break;
        }
        part.swap(left, right);
    }
    part.swap(left, last - 1);
    left
}

fn heap<T>(part: &mut [(u64, T)]) {
    for root in (0..part.len() / 2).rev() {
        sink(part, root);
    }
    for end in (1..part.len()).rev() {
        part.swap(0, end);
        sink(&mut part[..end], 0);
    }
}

/// Lets an element sink to its place in the heap below it.
fn sink<T>(heap: &mut [(u64, T)], mut at: usize) {
    loop {
        let mut child = 2 * at + 1;
        if child >= heap.len() {
            return;
        }
        if child + 1 < heap.len() && heap[child].0 < heap[child + 1].0 {
            child += 1;
        }
        if heap[at].0 >= heap[child].0 {
            return;
        }
        heap.swap(at, child);
        at = child;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_equal_values_come_as_dotnet_sorts_them() {
        // System.Reflection.TypeAttributes as it is declared, and what Enum.GetNames says of it.
        let declared = [
            (7, "VisibilityMask"),
            (0, "NotPublic"),
            (1, "Public"),
            (2, "NestedPublic"),
            (3, "NestedPrivate"),
            (4, "NestedFamily"),
            (5, "NestedAssembly"),
            (6, "NestedFamANDAssem"),
            (7, "NestedFamORAssem"),
            (0x18, "LayoutMask"),
            (0, "AutoLayout"),
            (8, "SequentialLayout"),
            (0x10, "ExplicitLayout"),
            (0x20, "ClassSemanticsMask"),
            (0, "Class"),
            (0x20, "Interface"),
            (0x80, "Abstract"),
            (0x100, "Sealed"),
            (0x400, "SpecialName"),
            (0x1000, "Import"),
            (0x2000, "Serializable"),
            (0x4000, "WindowsRuntime"),
            (0x30000, "StringFormatMask"),
            (0, "AnsiClass"),
            (0x10000, "UnicodeClass"),
            (0x20000, "AutoClass"),
            (0x30000, "CustomFormatClass"),
            (0xC0_0000, "CustomFormatMask"),
            (0x10_0000, "BeforeFieldInit"),
            (0x800, "RTSpecialName"),
            (0x40000, "HasSecurity"),
            (0x40800, "ReservedMask"),
        ];
        let mut constants = declared.to_vec();
        sort(&mut constants);
        let names: Vec<&str> = constants.iter().map(|c| c.1).collect();
        assert_eq!(names[..4], ["NotPublic", "AutoLayout", "AnsiClass", "Class"]);
        assert_eq!(names[10..12], ["VisibilityMask", "NestedFamORAssem"]);
        assert_eq!(names[15..17], ["Interface", "ClassSemanticsMask"]);
        assert_eq!(names[26..28], ["StringFormatMask", "CustomFormatClass"]);
    }

    #[test]
    fn whatever_the_depth_values_ascend() {
        for depth in [0, 1, 2, 40] {
            let mut values: Vec<(u64, usize)> = (0..200).map(|i| ((i * 7919 + i * i) as u64 % 61, i)).collect();
            introspective(&mut values, depth);
            assert!(values.is_sorted_by_key(|v| v.0), "{depth}: {values:?}");
        }
    }
}
