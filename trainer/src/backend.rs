//! The backends of burn that a training can run on.

use std::fmt;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

/// A backend of burn. `docs/speed.md` says what each is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// The CPU, by burn-flex. Always there, and the one that a training is made for.
    #[default]
    Flex,
    /// The CPU, by the older burn-ndarray.
    Ndarray,
    /// An NVIDIA GPU.
    Cuda,
    /// Any GPU that Vulkan, Metal, Direct3D 12 or WebGPU knows.
    Wgpu,
}

/// This build of the trainer has no such backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this trainer was built without the backend {backend}: build it with cargo build --release -p \
     trainer --features {backend}"
)]
pub struct NotBuilt {
    /// The backend.
    pub backend: Backend,
}

impl Backend {
    /// All of them, those included that this build does not have.
    pub const ALL: [Backend; 4] = [
        Backend::Flex,
        Backend::Ndarray,
        Backend::Cuda,
        Backend::Wgpu,
    ];

    /// The name on the command line, which is that of the Cargo feature too.
    pub fn name(self) -> &'static str {
        match self {
            Backend::Flex => "flex",
            Backend::Ndarray => "ndarray",
            Backend::Cuda => "cuda",
            Backend::Wgpu => "wgpu",
        }
    }

    /// The backend of that name.
    pub fn named(name: &str) -> Option<Backend> {
        Self::ALL.into_iter().find(|backend| backend.name() == name)
    }

    /// Its first device, without automatic differentiation.
    ///
    /// # Errors
    /// [`NotBuilt`] for a backend whose Cargo feature was off when this was built.
    pub fn device(self) -> Result<Device, NotBuilt> {
        match self {
            Backend::Flex => Ok(Device::flex()),
            #[cfg(feature = "ndarray")]
            #[allow(
                deprecated,
                reason = "burn deprecates it in favour of flex, which is the default"
            )]
            Backend::Ndarray => Ok(Device::ndarray()),
            #[cfg(feature = "cuda")]
            Backend::Cuda => Ok(Device::cuda(0)),
            #[cfg(feature = "wgpu")]
            Backend::Wgpu => Ok(Device::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
            #[allow(unreachable_patterns, reason = "reached where a feature is off")]
            backend => Err(NotBuilt { backend }),
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backends_are_found_by_name() {
        for backend in Backend::ALL {
            assert_eq!(Backend::named(backend.name()), Some(backend));
        }
        assert_eq!(Backend::named("tpu"), None);
        assert_eq!(Backend::default(), Backend::Flex);
    }

    #[cfg(not(feature = "ndarray"))]
    #[test]
    fn a_backend_that_was_not_built_says_how_to_build_it() {
        let reason = Backend::Ndarray.device().unwrap_err().to_string();
        assert!(reason.ends_with("--features ndarray"), "{reason}");
    }
}
