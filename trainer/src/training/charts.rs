//! The history of a training as a picture.

use super::{Evaluation, History};
use crate::gan::game::Losses;
use crate::plot::{Figure, Guide, Panel, Series, colour};

/// The figure of a training of `steps` steps: what the game measured above, how good the
/// generator is below. `best` is the step of the best model.
pub fn figure(history: &History, steps: u32, best: Option<u32>) -> Figure {
    let (d, value) = Losses::EQUILIBRIUM;
    let guide = |name: &str, value: f32| Guide {
        name: name.into(),
        value: f64::from(value),
    };
    let panel = |title: &str, series, guides| Panel {
        title: title.into(),
        horizontal: "step",
        range: 0.0..f64::from(steps.max(1)),
        shown: None,
        logarithmic: false,
        series,
        guides,
    };
    let losses = |name, colour, of: fn(&Losses) -> f32| Series {
        name,
        colour,
        points: history
            .rows()
            .iter()
            .map(|row| (f64::from(row.step), f64::from(of(&row.losses))))
            .collect(),
        dots: false,
    };
    let evaluations = |name, of: fn(&Evaluation) -> Option<f64>| Series {
        name,
        colour: colour::GREEN,
        points: history
            .rows()
            .iter()
            .filter_map(|row| Some((f64::from(row.step), of(row.evaluation.as_ref()?)?)))
            .collect(),
        dots: true,
    };
    let probabilities = Panel {
        shown: Some(0.0..1.0),
        ..panel(
            "Discriminator",
            vec![
                losses("D(x)", colour::BLUE, |losses| losses.d_real),
                losses("D(G(z))", colour::VERMILION, |losses| losses.d_fake),
            ],
            vec![guide("1/2", d)],
        )
    };
    let game = vec![
        panel(
            "Losses",
            vec![
                losses("D", colour::BLUE, |losses| losses.discriminator),
                losses("G", colour::VERMILION, |losses| losses.generator),
            ],
            vec![],
        ),
        probabilities,
        panel(
            "Value V of the game",
            vec![losses("V", colour::BLUE, |losses| losses.value)],
            vec![guide("-log 4", value)],
        ),
    ];
    let recognised = evaluations("recognised", |evaluation| {
        evaluation.recognised.map(|share| 100.0 * share)
    });
    let frechet = evaluations("distance", |evaluation| Some(evaluation.frechet));
    let diversity = evaluations("diversity", |evaluation| Some(100.0 * evaluation.diversity));
    let kept = best.map_or(String::new(), |step| format!(", best at {step}"));
    let mut quality = vec![
        Panel {
            logarithmic: true,
            ..panel(&format!("Fréchet distance{kept}"), vec![frechet], vec![])
        },
        Panel {
            shown: Some(0.0..100.0),
            ..panel("Diversity, % of the data's", vec![diversity], vec![])
        },
    ];
    if !recognised.points.is_empty() {
        let shown = Some(0.0..100.0);
        let recognised = panel("Recognised, %", vec![recognised], vec![]);
        quality.insert(
            1,
            Panel {
                shown,
                ..recognised
            },
        );
    }
    Figure {
        rows: vec![game, quality],
    }
}
