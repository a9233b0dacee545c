//! Setting, changing and removing the PIN.

use std::sync::PoisonError;

use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::key::{Pin, Recipe};

impl Phone {
    /// Gives the store a PIN, or another one: everything is encrypted anew. A
    /// phone that dies meanwhile opens with the old PIN or with the new one.
    /// Takes some hundred milliseconds and as much free space as the store has.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] for a PIN that is too short or too long;
    /// [`PhoneError::StorageFull`], with the old PIN still in force.
    pub fn set_pin(&self, pin: &Pin) -> Result<(), PhoneError> {
        pin.check()?;
        self.change_key(Recipe::Pin(self.0.costs.pin), Some(pin))
    }

    /// Takes the PIN away: the keystore's key alone opens the store.
    ///
    /// # Errors
    /// [`PhoneError::StorageFull`], with the PIN still in force.
    pub fn remove_pin(&self) -> Result<(), PhoneError> {
        self.change_key(Recipe::Plain, None)
    }

    /// Whether the store has a PIN.
    pub fn has_pin(&self) -> bool {
        *self.0.recipe.lock().unwrap_or_else(PoisonError::into_inner) != Recipe::Plain
    }

    fn change_key(&self, recipe: Recipe, pin: Option<&Pin>) -> Result<(), PhoneError> {
        let key = self
            .0
            .root
            .store_key(recipe, pin)
            .ok_or_else(|| PhoneError::internal("stretch"))?;
        let mut current = self.0.recipe.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.store.rekey(*current, recipe, key)?;
        *current = recipe;
        Ok(())
    }
}
