//! The `#[test]` attribute of the tests of the whole program: it registers a test function with the harness in
//! `tests/harness.rs`, where a test can be ignored while it runs, with a reason.
//!
//! It does not know rstest. Each case that rstest makes is a function with this attribute. It does not know what
//! a test returns either: the harness does.

#![forbid(unsafe_code)]

use proc_macro::TokenStream;
use quote::quote;
use syn::{Error, ItemFn, parse_macro_input};

/// Attributes that the built-in harness reads and this one does not.
const NOT_SUPPORTED: [&str; 2] = ["ignore", "should_panic"];

/// Registers a function without arguments as a test. It returns `()`, or the harness's `Checked`, by which it says
/// that this machine lacks what it checks.
///
/// # Errors
///
/// The function does not compile when it has arguments, is `async`, or has an attribute of the built-in harness
/// that would have no effect.
#[proc_macro_attribute]
pub fn test(_: TokenStream, item: TokenStream) -> TokenStream {
    let function = parse_macro_input!(item as ItemFn);
    let name = &function.sig.ident;
    let ignored =
        function.attrs.iter().find(|attr| NOT_SUPPORTED.iter().any(|name| attr.path().is_ident(name)));
    if let Some(attr) = ignored {
        return Error::new_spanned(attr, "this harness does not read the attribute")
            .into_compile_error()
            .into();
    }
    quote! {
        #function

        ::inventory::submit! {
            crate::harness::Case::new(
                ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)),
                #name,
                || crate::harness::Test::checked(#name()),
            )
        }
    }
    .into()
}
