//! Threads that work on shares of a batch.

use rayon::{ThreadPool, ThreadPoolBuilder};

/// A fixed number of threads, or only the caller's.
pub struct Crew {
    /// Each a pool of its own: what burn would distribute over all threads stays on the one that it
    /// is called from, whose cache has the numbers.
    workers: Vec<ThreadPool>,
}

impl Crew {
    /// A crew for so many shares. For one share there is no thread but the caller's, from which burn
    /// may use all cores.
    ///
    /// # Panics
    /// If the system starts no more threads.
    pub fn new(shares: usize) -> Self {
        let worker = |number| {
            ThreadPoolBuilder::new()
                .num_threads(1)
                .thread_name(move |_| format!("share {number}"))
                .build()
                .expect("the system starts a thread for each share of a batch")
        };
        Self {
            workers: if shares > 1 {
                (0..shares).map(worker).collect()
            } else {
                vec![]
            },
        }
    }

    /// Shares that are worked on at the same time.
    pub fn size(&self) -> usize {
        self.workers.len().max(1)
    }

    /// The results of `work` on each of at most [`Crew::size`] shares, in their order.
    ///
    /// # Panics
    /// If `work` does, or if there are more shares.
    pub fn map<T: Send, R: Send>(&self, shares: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
        assert!(shares.len() <= self.size(), "more shares than threads");
        if self.workers.is_empty() {
            return shares.into_iter().map(work).collect();
        }
        let mut results: Vec<Option<R>> = shares.iter().map(|_| None).collect();
        let mut jobs = shares.into_iter().zip(&mut results);
        run(&self.workers, &mut jobs, &work);
        results.into_iter().flatten().collect()
    }
}

/// Starts every job on a worker of its own and waits for all of them.
fn run<'a, T: Send, R: Send + 'a>(
    workers: &[ThreadPool],
    jobs: &mut dyn Iterator<Item = (T, &'a mut Option<R>)>,
    work: &(impl Fn(T) -> R + Sync),
) {
    let (Some((worker, others)), Some((share, result))) = (workers.split_first(), jobs.next())
    else {
        return;
    };
    worker.in_place_scope(|scope| {
        scope.spawn(move |_| *result = Some(work(share)));
        run(others, jobs, work);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_shares() {
        for size in 1..4 {
            let crew = Crew::new(size);
            assert_eq!(crew.size(), size);
            let shares: Vec<usize> = (0..size).collect();
            let expected: Vec<usize> = (0..size).map(|share| share * share).collect();
            assert_eq!(crew.map(shares, |share| share * share), expected);
        }
    }

    #[test]
    fn every_share_has_one_thread_of_its_own() {
        let threads = Crew::new(2).map(vec![(), ()], |()| {
            (std::thread::current().id(), rayon::current_num_threads())
        });
        assert_ne!(threads[0].0, threads[1].0);
        assert_eq!([threads[0].1, threads[1].1], [1, 1]);
    }
}
