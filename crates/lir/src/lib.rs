//! `kiln-lir`.
