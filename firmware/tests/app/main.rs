//! The whole app on a board that is made of nothing.

mod ask;
mod clock;
mod gallery;
mod handwriting;
mod host;
mod models;
mod modes;
mod morph;
mod panel;
mod pocket;
mod run;
