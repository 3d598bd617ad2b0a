//! The report as people read it.

use super::report::{Figures, Quantization, Report, StackedReport};
use crate::evaluate::{ClassFigures, Confusion, Distances};

/// The report as lines of text.
pub fn render(report: &Report) -> String {
    let mut lines = vec![
        format!(
            "{} against {}: {} images, seeds from {}",
            report.model, report.data_set, report.images, report.seed
        ),
        String::new(),
    ];
    lines.extend(main_table(report));
    lines.push(String::new());
    lines.extend(shares_by_class(report));
    lines.extend(report.by_class.iter().flat_map(|figures| by_class(figures)));
    lines.extend(report.confusion.iter().flat_map(confusion));
    lines.extend(report.stacked.iter().flat_map(stacked));
    lines.extend(report.quantization.iter().flat_map(quantization));
    lines.push(String::new());
    lines.extend(legend(report));
    let lines = lines.iter().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

/// A row a figure: the model's, that of real images, and which these are.
fn main_table(report: &Report) -> Vec<String> {
    let real = &report.real;
    let training = &real.training;
    let nearest = &report.nearest_training_image;
    let row = |name: &str, model: &str, real: &str, which: &str| {
        format!("{name:<24}  {model:>14}  {real:>14}  {which}")
    };
    let recognised = report.recognised.map_or("no classes".into(), percent);
    let test_images = format!("{} test images, as their label", real.test_images);
    let as_many = format!("{} training images", training.images);
    let medians = format!(
        "median, {} images; {} test images",
        nearest.generated.images, nearest.test.images
    );
    let range = |of: &Distances| format!("{:.2} to {:.2}", of.percentile_5, of.percentile_95);
    let fixed = |value: f64| format!("{value:.2}");
    let share = |value: f64| format!("{value:.3}");
    let wanted = match report.recognised {
        Some(_) => "against the classes asked for",
        None => "against the test images' labels",
    };
    vec![
        row("", "model", "real", "real images are"),
        row(
            "recognised as asked for",
            &recognised,
            &percent(real.recognised),
            &test_images,
        ),
        row(
            "Fréchet distance",
            &fixed(report.frechet),
            &fixed(real.frechet_between_halves),
            "halves of the test images",
        ),
        row("", "", &fixed(training.frechet), &as_many),
        row(
            "  to training images",
            &fixed(report.frechet_to_training),
            &fixed(training.frechet),
            "all test images",
        ),
        row(
            "precision",
            &share(report.precision),
            &share(training.manifold.precision),
            &as_many,
        ),
        row(
            "recall",
            &share(report.recall),
            &share(training.manifold.recall),
            &as_many,
        ),
        row(
            "nearest training image",
            &fixed(nearest.generated.median),
            &fixed(nearest.test.median),
            &medians,
        ),
        row(
            "  5 % to 95 %",
            &range(&nearest.generated),
            &range(&nearest.test),
            "",
        ),
        row(
            "  suspiciously near",
            &percent(nearest.suspicious),
            &percent(0.01),
            "by definition",
        ),
        row(
            "class imbalance",
            &percent(report.class_imbalance),
            "",
            wanted,
        ),
    ]
}

fn shares_by_class(report: &Report) -> Vec<String> {
    let list = |name: &str, shares: &[f64]| {
        let shares = shares.iter().enumerate();
        let shares: Vec<_> = shares
            .map(|(class, &share)| format!("{class}: {}", percent(share)))
            .collect();
        format!("{name:<16}  {}", shares.join(", "))
    };
    let mut lines = vec![list("read as", &report.read_as)];
    if report.recognised.is_some() {
        lines.insert(0, list("recognised", &report.recognised_by_class));
    }
    lines
}

fn by_class(figures: &[ClassFigures]) -> Vec<String> {
    let head = format!(
        "{:>5}  {:>6}  {:>9}  {:>6}  {:>6}  {:>11}",
        "class", "images", "precision", "recall", "spread", "real spread"
    );
    let row = |of: &ClassFigures| {
        format!(
            "{:>5}  {:>6}  {:>9.3}  {:>6.3}  {:>6.2}  {:>11.2}",
            of.class, of.images, of.precision, of.recall, of.spread, of.spread_real
        )
    };
    let rows = figures.iter().map(row);
    [String::new(), head].into_iter().chain(rows).collect()
}

fn confusion(confusion: &Confusion) -> Vec<String> {
    let counts = confusion.counts();
    let classes = (0..counts.len()).map(|class| format!("{class:>6}"));
    let head = format!("asked for, read as {}", classes.collect::<String>());
    let row = |(class, counts): (usize, &Vec<u32>)| {
        let cell = |&count: &u32| match count {
            0 => format!("{:>6}", "."),
            count => format!("{count:>6}"),
        };
        format!(
            "{class:>18} {}",
            counts.iter().map(cell).collect::<String>()
        )
    };
    let rows = counts.iter().enumerate().map(row);
    [String::new(), head].into_iter().chain(rows).collect()
}

fn stacked(report: &StackedReport) -> Vec<String> {
    let line = |name: &str, of: &crate::evaluate::Stacked| {
        format!(
            "{name:<16}  {} of {} modes, KL {:.3}, of {} samples",
            of.modes, of.of, of.kl, of.samples
        )
    };
    vec![
        String::new(),
        line("stacked", &report.model),
        line("  test images", &report.test),
    ]
}

fn quantization(report: &Quantization) -> Vec<String> {
    let line = |name: &str, of: &Figures| {
        let recognised = of.recognised.map_or("no classes".into(), percent);
        format!(
            "{name:<16}  {recognised} recognised, Fréchet distance {:.2}, precision {:.3}, recall \
             {:.3}",
            of.frechet, of.manifold.precision, of.manifold.recall
        )
    };
    vec![
        format!("\ncheckpoint after {} steps", report.step),
        line("  in floats", &report.float),
        line("  quantized", &report.quantized),
    ]
}

/// What the figures mean.
fn legend(report: &Report) -> Vec<String> {
    let nearest = &report.nearest_training_image;
    vec![
        "Images as the integer runtime draws them. Features: what goes into the last layer of a \
         classifier that was trained on the training images."
            .into(),
        "Fréchet distance: between Gaussians fitted to the features of these and of all test images."
            .into(),
        format!(
            "Precision and recall: of {} images and as many test images, manifolds of k = {} \
             nearest neighbours.",
            report.manifold_images, report.manifold_k
        ),
        format!(
            "Nearest of {} training images: Euclidean distance of pixels, full ink being 1. \
             Suspiciously near: nearer than 99 % of the test images.",
            nearest.training_images
        ),
    ]
}

fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
