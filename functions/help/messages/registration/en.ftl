email-address-1 = You need an email address to have an account. We use it in these ways:
email-address-sign-in = You sign in with it.
email-address-recovery = We email you a link if you forgot your password or your account is locked.
email-address-codes = We email you codes, for example to confirm it’s you.
email-address-notices = We tell you about changes in your account, such as a new password.
email-address-shared = We share it with a government service if you agree.
email-address-2 = Use an address that only you can read, and that you will keep. Do not share it with someone else, because only one account can use it. If there is already an account with the address, we ask you to enter another one.
email-address-3 = If the account with your address is yours, you do not need another one. Sign in, or choose “Forgot password”.

choose-password-1 = Choose a password that is easy for you to remember and hard for others to guess. Never share it with anyone. We never ask you for it by email or by phone.
choose-password-2 = Several words that do not belong together make a long password that you can remember. Use a password that you use nowhere else. You can also let your browser or a password manager choose and keep it.
choose-password-3 = We check some things only after you send the form. If your password is on a list of common or leaked passwords, or is too easy to guess, choose a longer one.

activation-link-1 = After you create your account, we email you an activation link. You have { $link-minutes } minutes to use it.
activation-link-step-1 = Open the email from My Ontario Account, and open the link in it.
activation-link-step-2 = Choose “Activate my account” on the page that opens. In a different browser, first enter the password that you chose.
activation-link-step-3 = You are signed in, and continue to the service that you came from.
activation-link-2 = If the link has expired, we can send another one for { $registration-hours } hours after you created the account. Older links keep working until they expire.

activation-expired-1 = We delete an account that was not activated within { $registration-hours } hours of being created. You do not need to do anything, and you can create your account again with the same email address.
activation-expired-2 = Go back to the website of the service that you wanted to use, and create your account again. You can also create it here.

activation-other-browser-1 = You opened the link in another browser, or on another device, than the one in which you created the account. We then ask for the password that you chose, because anyone could have entered your email address.
activation-other-browser-2 = You have { $registration-attempts } attempts. After that, we delete the registration, and you can create your account again.
activation-other-browser-3 = If you did not create an account, choose “This wasn’t me: cancel the registration” on that page. No account is then created.
