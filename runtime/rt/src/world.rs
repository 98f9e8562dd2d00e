//! Who may touch what of the runtime's state: the discipline, as types.
//!
//! | state | who may touch it | how it is reached |
//! |---|---|---|
//! | the heap's geometry, the card table's place (`barrier::BARRIER`) | everyone; written once, before managed code runs | plainly |
//! | a card | everyone, as one byte | `Cards` |
//! | an allocation buffer and the rest of a thread's block | its thread while that is inside, the collector while the world is stopped | `Tlab` |
//! | blocks to hand out, large objects, handles, finalizers, threads | who is inside | `InsideCell`, an `Inside` token |
//! | what a collection itself keeps (notes of the stack walk) | the collector while the world is stopped | `StoppedCell`, a `WorldStopped` token |
//!
//! One thread at a time is inside: the lock (`lock`) says so. So whoever is inside has also stopped the world, and `Inside::stop_the_world` has
//! nothing to do; when threads run in parallel, that is the place where they are made to stop, and each `InsideCell` becomes a lock of its
//! own. Tokens have no size: they are the compiler's proof that state is not borrowed twice.

use core::cell::UnsafeCell;
use core::marker::PhantomData;

/// This thread is inside. Whoever holds a token by `&mut` has borrowed nothing with it, so calls that may run managed code or collect (which
/// take tokens of their own) take the token by `&mut`.
pub struct Inside<'a>(PhantomData<(&'a mut (), *mut ())>);

impl Inside<'_> {
    /// The calling thread is inside.
    ///
    /// # Safety
    /// It is, and remains so while the token is used, and nothing that was borrowed with another token of this thread is used until this one
    /// is gone. So it is at the entry of a function that compiled code calls: compiled code runs inside, and Rust code that calls it
    /// borrows nothing across the call.
    #[inline(always)]
    #[must_use]
    pub const unsafe fn assume() -> Self {
        Self(PhantomData)
    }

    /// No other thread runs managed code from here until the token is gone. Gives some state as well, since a collection is about some.
    #[inline(always)]
    pub fn stop_the_world<T>(&mut self, state: &'static InsideCell<T>) -> (WorldStopped<'_>, &mut T) {
        // SAFETY: the other threads are parked outside: one thread is inside at a time. The state cannot be reached with a `WorldStopped`,
        // and this token is borrowed while both results are used.
        unsafe { (WorldStopped::assume(), &mut *state.0.get()) }
    }
}

/// No other thread runs managed code or touches the runtime's state: the world is stopped.
pub struct WorldStopped<'a>(PhantomData<(&'a mut (), *mut ())>);

impl WorldStopped<'_> {
    /// The world is stopped.
    ///
    /// # Safety
    /// It is, while the token is used, and nothing that was borrowed with another `WorldStopped` is used until this one is gone.
    #[inline(always)]
    #[must_use]
    pub const unsafe fn assume() -> Self {
        Self(PhantomData)
    }
}

/// State that may be touched by who is inside.
pub struct InsideCell<T>(UnsafeCell<T>);

// SAFETY: one thread at a time is inside, and entering and leaving are an acquire and a release (`lock`), so this is as good as a mutex.
unsafe impl<T> Sync for InsideCell<T> {}

impl<T> InsideCell<T> {
    /// A cell for a static.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// The state.
    #[inline(always)]
    pub const fn get<'a>(&'static self, _: &'a mut Inside<'_>) -> &'a mut T {
        // SAFETY: this thread is inside, and its token is borrowed while the result is used, so that nothing else was borrowed with it.
        unsafe { &mut *self.0.get() }
    }
}

/// State that may be touched while the world is stopped.
pub struct StoppedCell<T>(UnsafeCell<T>);

// SAFETY: while the world is stopped one thread runs; stopping it orders what the others did before.
unsafe impl<T> Sync for StoppedCell<T> {}

impl<T> StoppedCell<T> {
    /// A cell for a static.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// The state.
    #[inline(always)]
    pub const fn get<'a>(&'static self, _: &'a mut WorldStopped<'_>) -> &'a mut T {
        // SAFETY: the world is stopped, and its token is borrowed while the result is used.
        unsafe { &mut *self.0.get() }
    }
}
