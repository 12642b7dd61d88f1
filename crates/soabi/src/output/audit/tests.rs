//! Reports made by hand, rendered in every form.

mod hostile;
mod reports;
mod screens;
mod verdicts;
