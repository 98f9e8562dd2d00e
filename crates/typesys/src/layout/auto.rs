//! Automatic layout. The order of CoreCLR: a gap behind the base is filled with small fields first; then fields by descending
//! size, references before other pointer-sized fields; then nested structs in declared order.

use super::{FieldShape, MAX_SIZE, Placed};
use crate::desc::TypeClass;

const POINTER: u64 = 8;
const POINTER_LOG2: usize = 3;

/// Places fields from `start` (classes: without the MethodTable pointer). `None`: too large.
pub(super) fn place(shapes: &[FieldShape], start: u32, value_type: bool) -> Option<Placed> {
    let mut offsets = vec![0u32; shapes.len()];
    let mut refs = Vec::new();
    let mut structs = Vec::new();
    // Scalars by log2 of their size, in declared order.
    let mut scalars: [std::collections::VecDeque<usize>; 4] = Default::default();
    for (i, s) in shapes.iter().enumerate() {
        match s.class {
            TypeClass::Struct => structs.push(i),
            TypeClass::Ref => refs.push(i),
            _ => scalars[(s.size.max(1).ilog2() as usize).min(POINTER_LOG2)].push_back(i),
        }
    }
    let mut at = u64::from(start);
    let mut put = |at: &mut u64, i: usize| {
        let size = u64::from(shapes[i].size);
        *at = at.next_multiple_of(size.max(1));
        offsets[i] = (*at).min(MAX_SIZE) as u32;
        *at += size;
    };
    if at % POINTER != 0 {
        let mut log2 = 0;
        while log2 < POINTER_LOG2 {
            // Aligned for the next size already?
            if at % (2u64 << log2) == 0 {
                log2 += 1;
                continue;
            }
            let bigger_left = (log2 + 1..=POINTER_LOG2).any(|j| !scalars[j].is_empty()) || !refs.is_empty();
            if !bigger_left {
                break;
            }
            let Some(fill) = (0..=log2).rev().find(|&j| !scalars[j].is_empty()) else { break };
            if let Some(i) = scalars[fill].pop_front() {
                put(&mut at, i);
            }
            log2 = fill + 1;
        }
    }
    for log2 in (0..=POINTER_LOG2).rev() {
        if log2 == POINTER_LOG2 {
            for &i in &refs {
                put(&mut at, i);
            }
        }
        while let Some(i) = scalars[log2].pop_front() {
            put(&mut at, i);
        }
    }
    for &i in &structs {
        let s = &shapes[i];
        at = at.next_multiple_of(if s.gc { POINTER } else { u64::from(s.align) });
        offsets[i] = at.min(MAX_SIZE) as u32;
        at += u64::from(s.size);
    }
    if at > MAX_SIZE {
        return None;
    }
    let mut size = at as u32;
    let mut align = POINTER as u32;
    if value_type {
        // Up to pointer size a power of two, then whole pointers: values are copied by machine words.
        align = if at > POINTER { POINTER as u32 } else { (at as u32).max(1).next_power_of_two() };
        size = size.next_multiple_of(align);
    }
    Some(Placed { offsets, size, align })
}
