//! The allographs of one.

use crate::data::strokes::allograph::{Allograph, allographs};

pub(super) const ALLOGRAPHS: &[Allograph] = allographs! {
    8 "bar"
        { (6, 0) (6, 10, 0.4) (6, 20) }
    1.5 "bar with flag"
        { (2.3, 4.5, 1) [6, 0] (6, 10, 0.4) (6, 20) }
    0.8 "bar with flag and foot"
        { (2, 4.5, 1) [6, 0] (6, 10, 0.4) (6, 20) }
        { (1, 20, 0.7) (11, 19.8, 0.7) }
    0.2 "bar with foot"
        { (6, 0) (6, 10, 0.4) (6, 20) }
        { (2, 20, 0.7) (10, 19.8, 0.7) }
    0.3 "long flag, foot"
        { (0.5, 5.5, 1.2) [7, 0, 0.8] (6.5, 10, 0.4) (6, 19.7) }
        { (0, 20, 1) (13, 19.5, 1) }
    0.5 "bent bar"
        { (5, 0.5, 0.8) (6.7, 3.5, 0.8) (6.3, 11) (5.7, 20) }
};
