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

/// Why there is no such backend here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// This build of the trainer does not have it.
    #[error(
        "this trainer was built without the backend {0}: build it with cargo build --release -p \
         trainer --features {0}"
    )]
    NotBuilt(Backend),
    /// This machine has nothing that it could run on.
    #[error(
        "the backend {0} finds no device on this machine: {needs}; --backend flex needs none",
        needs = .0.needs()
    )]
    NoDevice(Backend),
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

    /// What a machine must have for it.
    fn needs(self) -> &'static str {
        match self {
            Backend::Flex | Backend::Ndarray => "it runs on any",
            Backend::Cuda => "it needs an NVIDIA GPU and its driver (nvidia-smi lists both)",
            Backend::Wgpu => {
                "it needs a GPU with a driver for Vulkan, Metal or Direct3D 12 (for Vulkan, \
                 vulkaninfo --summary lists them)"
            }
        }
    }

    /// Its first device, without automatic differentiation.
    ///
    /// # Errors
    /// [`BackendError`] for a backend whose Cargo feature was off when this was built, or that has
    /// no device here.
    pub fn device(self) -> Result<Device, BackendError> {
        match self {
            Backend::Flex => Ok(Device::flex()),
            #[cfg(feature = "ndarray")]
            #[allow(
                deprecated,
                reason = "burn deprecates it in favour of flex, which is the default"
            )]
            Backend::Ndarray => Ok(Device::ndarray()),
            // Both take a device that is not there, and panic at the first tensor: so what they have
            // is found out before.
            #[cfg(feature = "cuda")]
            Backend::Cuda if has_cuda() => Ok(Device::cuda(0)),
            #[cfg(feature = "wgpu")]
            Backend::Wgpu => wgpu().ok_or(BackendError::NoDevice(self)),
            backend if backend.is_built() => Err(BackendError::NoDevice(backend)),
            backend => Err(BackendError::NotBuilt(backend)),
        }
    }

    /// Whether its Cargo feature was on when this was built.
    fn is_built(self) -> bool {
        match self {
            Backend::Flex => true,
            Backend::Ndarray => cfg!(feature = "ndarray"),
            Backend::Cuda => cfg!(feature = "cuda"),
            Backend::Wgpu => cfg!(feature = "wgpu"),
        }
    }
}

/// Whether this machine has an NVIDIA GPU.
#[cfg(feature = "cuda")]
fn has_cuda() -> bool {
    !Device::enumerate(burn::tensor::DeviceType::Cuda)
        .into_vec()
        .is_empty()
}

/// The device that wgpu takes by itself, if there is one that computes: that an adapter is listed
/// does not say so.
#[cfg(feature = "wgpu")]
fn wgpu() -> Option<Device> {
    // It can be started only once.
    static DEVICE: std::sync::OnceLock<Option<Device>> = std::sync::OnceLock::new();
    DEVICE
        .get_or_init(|| Device::wgpu_options().init().ok())
        .clone()
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

    #[test]
    fn a_backend_without_a_device_says_what_it_needs() {
        let reason = BackendError::NoDevice(Backend::Cuda).to_string();
        assert!(reason.contains("NVIDIA"), "{reason}");
    }

    #[cfg(not(feature = "ndarray"))]
    #[test]
    fn a_backend_that_was_not_built_says_how_to_build_it() {
        let reason = Backend::Ndarray.device().unwrap_err().to_string();
        assert!(reason.ends_with("--features ndarray"), "{reason}");
    }
}
