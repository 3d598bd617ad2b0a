//! Embedding a model file in a program.

/// The bytes of a model file, as [`include_bytes!`], at an address that is a multiple of four.
///
/// The path is relative to the file in which the macro is used. The result is a `&'static [u8]`
/// for [`Model::from_bytes`](crate::Model::from_bytes).
#[macro_export]
macro_rules! include_model {
    ($path:expr $(,)?) => {{
        #[repr(C, align(4))]
        struct Aligned<T: ?Sized>(T);
        const FILE: &Aligned<[u8]> = &Aligned(*::core::include_bytes!($path));
        &FILE.0
    }};
}
