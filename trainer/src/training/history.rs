//! What a training measured, step by step.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Evaluation;
use crate::gan::game::Losses;

/// Steps whose means make a row.
pub const WINDOW: u32 = 20;

/// The rows so far, and the steps since the last one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    rows: Vec<Row>,
    open: Window,
}

/// Means over the steps since the row before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Steps done.
    pub step: u32,
    /// The means.
    pub losses: Losses,
    /// How good the generator is after this step, where that was measured.
    pub evaluation: Option<Evaluation>,
}

/// Sums of the steps since the last row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Window {
    steps: u32,
    discriminator: f64,
    generator: f64,
    d_real: f64,
    d_fake: f64,
    value: f64,
}

impl Window {
    fn add(&mut self, losses: Losses) {
        self.steps += 1;
        self.discriminator += f64::from(losses.discriminator);
        self.generator += f64::from(losses.generator);
        self.d_real += f64::from(losses.d_real);
        self.d_fake += f64::from(losses.d_fake);
        self.value += f64::from(losses.value);
    }

    fn means(&self) -> Losses {
        let mean = |sum: f64| (sum / f64::from(self.steps)) as f32;
        Losses {
            discriminator: mean(self.discriminator),
            generator: mean(self.generator),
            d_real: mean(self.d_real),
            d_fake: mean(self.d_fake),
            value: mean(self.value),
        }
    }
}

impl History {
    /// Takes in what the step measured that made the count of steps `step`.
    pub fn record(&mut self, step: u32, losses: Losses) {
        self.open.add(losses);
        if step.is_multiple_of(WINDOW) {
            self.close(step);
        }
    }

    /// Takes in how good the generator is after `step` steps, in a row of its own step.
    pub fn evaluate(&mut self, step: u32, evaluation: Evaluation) {
        self.close(step);
        if let Some(row) = self.rows.last_mut() {
            row.evaluation = Some(evaluation);
        }
    }

    /// The rows, the oldest first.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn close(&mut self, step: u32) {
        if self.open.steps > 0 {
            self.rows.push(Row {
                step,
                losses: self.open.means(),
                evaluation: None,
            });
            self.open = Window::default();
        }
    }

    /// All rows as comma-separated values, with a line of names. What was not measured is empty.
    pub fn to_csv(&self) -> String {
        let mut csv = String::from(
            "step,loss_discriminator,loss_generator,d_real,d_fake,value,recognised,frechet,\
             diversity\n",
        );
        for row in &self.rows {
            let Losses {
                discriminator,
                generator,
                d_real,
                d_fake,
                value,
            } = row.losses;
            let evaluation = row.evaluation;
            let number = |value: Option<f64>| value.map_or(String::new(), |v| format!("{v:.4}"));
            // Writing to a string cannot fail.
            let _ = writeln!(
                csv,
                "{},{discriminator},{generator},{d_real},{d_fake},{value},{},{},{}",
                row.step,
                number(evaluation.and_then(|evaluation| evaluation.recognised)),
                number(evaluation.map(|evaluation| evaluation.frechet)),
                number(evaluation.map(|evaluation| evaluation.diversity)),
            );
        }
        csv
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(value: f32) -> Losses {
        Losses {
            discriminator: value,
            generator: 2.0 * value,
            d_real: 0.5,
            d_fake: 0.25,
            value: -value,
        }
    }

    fn evaluation() -> Evaluation {
        Evaluation {
            recognised: Some(0.5),
            frechet: 12.0,
            diversity: 0.75,
        }
    }

    #[test]
    fn a_row_holds_the_means_of_its_steps() {
        let mut history = History::default();
        for step in 1..=2 * WINDOW {
            history.record(step, losses(step as f32));
        }
        let [first, second] = history.rows() else {
            panic!("{:?}", history.rows());
        };
        assert_eq!((first.step, second.step), (20, 40));
        assert_eq!(first.losses, losses(10.5));
        assert_eq!(second.losses, losses(30.5));
    }

    #[test]
    fn an_evaluation_between_rows_makes_a_row() {
        let mut history = History::default();
        for step in 1..=5 {
            history.record(step, losses(step as f32));
        }
        history.evaluate(5, evaluation());
        let row = history.rows().last().unwrap();
        assert_eq!((row.step, row.losses), (5, losses(3.0)));
        assert_eq!(row.evaluation, Some(evaluation()));
    }

    #[test]
    fn an_evaluation_at_a_row_joins_it() {
        let mut history = History::default();
        for step in 1..=WINDOW {
            history.record(step, losses(1.0));
        }
        history.evaluate(WINDOW, evaluation());
        assert_eq!(history.rows().len(), 1);
        assert_eq!(history.rows()[0].evaluation, Some(evaluation()));
    }

    #[test]
    fn csv_leaves_empty_what_was_not_measured() {
        let mut history = History::default();
        for step in 1..=WINDOW {
            history.record(step, losses(0.5));
        }
        history.record(WINDOW + 1, losses(1.0));
        history.evaluate(WINDOW + 1, evaluation());
        let unconditional = Evaluation {
            recognised: None,
            ..evaluation()
        };
        history.record(WINDOW + 2, losses(2.0));
        history.evaluate(WINDOW + 2, unconditional);
        assert_eq!(
            history.to_csv(),
            "step,loss_discriminator,loss_generator,d_real,d_fake,value,recognised,frechet,diversity\n\
             20,0.5,1,0.5,0.25,-0.5,,,\n\
             21,1,2,0.5,0.25,-1,0.5000,12.0000,0.7500\n\
             22,2,4,0.5,0.25,-2,,12.0000,0.7500\n"
        );
    }
}
