use guichet_foundation::locale::Locale;
use url::Url;

use super::{Doing, Ended, StepUpRefusal, StepUpRequest, Way};
use crate::Session;

impl Session {
    /// Begins to show it on the bank's page, and gives the address that the system browser opens.
    pub async fn begin_step_up_at_bank(
        &self,
        request: &StepUpRequest,
        locale: Locale,
    ) -> Result<Url, StepUpRefusal> {
        let mut trying = self.0.step_ups.begin(request, Way::Bank)?;
        let url = self.begin_again(locale, trying.max_age).await?;
        trying.then = Doing::AtBank;
        Ok(url)
    }

    /// Takes in the redirect the browser was sent to: its tokens replace the old ones. A redirect that comes after the request was
    /// cancelled or the app was locked leads nowhere.
    pub async fn finish_step_up_at_bank(
        &self,
        request: &StepUpRequest,
        redirect: &str,
    ) -> Result<(), StepUpRefusal> {
        if !self.0.step_ups.is_at_bank(request) {
            return Err(StepUpRefusal::NotAsked);
        }
        let trying = self.0.step_ups.begin(request, Way::Bank)?;
        // Whatever else comes for this visit comes too late.
        self.finish_sign_in(redirect).await.inspect_err(|_| self.forget_pending_step_up())?;
        drop(trying);
        self.0.step_ups.end(request, Ended::Shown);
        Ok(())
    }

    /// The customer closed the browser; another try is possible.
    pub fn leave_bank(&self, request: &StepUpRequest) {
        if self.0.step_ups.is_at_bank(request) {
            self.0.step_ups.set_doing(request, Doing::Nothing);
            self.forget_pending_step_up();
        }
    }
}
