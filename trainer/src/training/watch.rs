//! Notices when a training goes wrong without failing.

use super::Evaluation;
use crate::gan::game::Losses;

/// Steps before which a generator may be as poor as it likes.
const WARM_UP: u32 = 500;
/// Less of the real images' diversity than this is a collapse.
const DIVERSITY: f64 = 0.2;
/// Recognising less than this part of the best share that there was is a collapse, too.
const FALL: f64 = 0.5;
/// So sure of every image the discriminator is where it has won.
const CERTAIN: f32 = 0.99;

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trouble {
    /// The generator draws nearly the same image whatever the latent is.
    Collapse {
        /// [`Evaluation::diversity`].
        diversity: f64,
    },
    /// The generator has unlearned what its images are to show.
    Forgetting {
        /// The share that is recognised now.
        now: f64,
        /// The best share that there was.
        best: f64,
    },
    /// The discriminator tells all images, so that the generator's gradients say little.
    Overwhelmed {
        /// Mean `D(x)`.
        d_real: f32,
        /// Mean `D(G(z))`.
        d_fake: f32,
    },
}

impl Trouble {
    /// What is wrong and what to try, as one sentence.
    pub fn notice(&self, step: u32) -> String {
        match self {
            Trouble::Collapse { diversity } => format!(
                "mode collapse at step {step}: the generator's images differ only {:.0} % as much \
                 as the real ones; try another --seed, or one of the recipes with gradient \
                 penalties (small, tiny, nano)",
                100.0 * diversity
            ),
            Trouble::Forgetting { now, best } => format!(
                "the generator gets worse: at step {step} {:.0} % of its images are recognised, \
                 after {:.0} % before; the best model so far is kept, try another --seed if it \
                 does not recover",
                100.0 * now,
                100.0 * best
            ),
            Trouble::Overwhelmed { d_real, d_fake } => format!(
                "the discriminator has won at step {step} (D(x) {d_real:.3}, D(G(z)) {d_fake:.3}), \
                 so the generator learns little from it; try --loss non-saturating, another \
                 --seed, or one of the recipes with gradient penalties (small, tiny, nano)"
            ),
        }
    }
}

/// Watches a training. Each kind of trouble is told once, and again only after it had gone.
#[derive(Debug, Default)]
pub struct Watch {
    best: f64,
    told: [bool; 3],
}

impl Watch {
    /// The troubles to tell after `step` steps: `losses` are the means of the last steps.
    pub fn look(&mut self, step: u32, losses: Losses, evaluation: &Evaluation) -> Vec<Trouble> {
        let now = evaluation.recognised.unwrap_or(0.0);
        self.best = self.best.max(now);
        let (diversity, best) = (evaluation.diversity, self.best);
        let Losses { d_real, d_fake, .. } = losses;
        let troubles = [
            (diversity < DIVERSITY).then_some(Trouble::Collapse { diversity }),
            (now < FALL * best).then_some(Trouble::Forgetting { now, best }),
            (d_real > CERTAIN && d_fake < 1.0 - CERTAIN)
                .then_some(Trouble::Overwhelmed { d_real, d_fake }),
        ];
        if step < WARM_UP {
            return vec![];
        }
        let told = self.told;
        self.told = troubles.map(|trouble| trouble.is_some());
        let new = troubles.into_iter().zip(told);
        new.filter_map(|(trouble, told)| trouble.filter(|_| !told))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAIR: Losses = Losses {
        discriminator: 0.7,
        generator: 0.7,
        d_real: 0.6,
        d_fake: 0.4,
        value: -1.2,
    };

    const GOOD: Evaluation = Evaluation {
        recognised: Some(0.9),
        frechet: 20.0,
        diversity: 0.9,
    };

    #[test]
    fn a_good_training_is_not_disturbed() {
        let mut watch = Watch::default();
        for step in [500, 1000, 1500] {
            assert_eq!(watch.look(step, FAIR, &GOOD), []);
        }
    }

    #[test]
    fn each_trouble_is_told_once_until_it_returns() {
        let mut watch = Watch::default();
        let poor = Evaluation {
            diversity: 0.05,
            ..GOOD
        };
        let expected = [Trouble::Collapse { diversity: 0.05 }];
        assert_eq!(watch.look(600, FAIR, &poor), expected);
        assert_eq!(watch.look(700, FAIR, &poor), []);
        assert_eq!(watch.look(800, FAIR, &GOOD), []);
        assert_eq!(watch.look(900, FAIR, &poor), expected);
    }

    #[test]
    fn the_beginning_may_be_poor() {
        let nothing = Evaluation {
            recognised: Some(0.1),
            frechet: 900.0,
            diversity: 0.0,
        };
        assert_eq!(Watch::default().look(WARM_UP - 1, FAIR, &nothing), []);
    }

    #[test]
    fn a_fall_of_recognition_is_told_with_both_shares() {
        let mut watch = Watch::default();
        assert_eq!(watch.look(100, FAIR, &GOOD), []);
        let fallen = Evaluation {
            recognised: Some(0.4),
            ..GOOD
        };
        let expected = Trouble::Forgetting {
            now: 0.4,
            best: 0.9,
        };
        assert_eq!(watch.look(1000, FAIR, &fallen), [expected]);
        let notice = expected.notice(1000);
        assert!(
            notice.contains("40 %") && notice.contains("90 %"),
            "{notice}"
        );
    }

    #[test]
    fn a_discriminator_that_is_always_right_has_won() {
        let won = Losses {
            d_real: 0.999,
            d_fake: 0.001,
            ..FAIR
        };
        let troubles = Watch::default().look(2000, won, &GOOD);
        assert!(matches!(troubles[..], [Trouble::Overwhelmed { .. }]));
        assert!(troubles[0].notice(2000).contains("--loss non-saturating"));
    }
}
