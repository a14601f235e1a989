partners-offered = You can use these sign-in partners:
partners-none = No sign-in partner can be used at this time. Sign in with your email address and password.

sign-in-partner-1 = A sign-in partner lets you sign in here with something that you already use, such as your online banking. You sign in on the website of your bank. It tells us that you are the same person as last time. You do not need a password with us.
sign-in-partner-2 = Signing in with a sign-in partner is as secure as with a password. If a government service requires more, you also verify with a code.

partner-name-1 = Government Sign-In by Verified.Me is now called the Interac sign-in service. It is the same service under a new name.
partner-name-2 = You do not have to do anything. If you used it before, sign in with the same bank as always.

partner-privacy-1 = Signing in with your bank shares as little as possible:
partner-privacy-us = We get an ID from the sign-in partner, and keep it in a form that no one can read. We get no name, no account number and no other banking information.
partner-privacy-bank = Your bank does not learn which government service you use. What we send it is the same for all services.
partner-privacy-service = The government service does not learn which bank you use. Your banking password is never shared with anyone.

partner-new-account-1 = You do not have to create an account first. The first time you sign in with your bank, it is created:
partner-new-account-step-1 = On the sign-in page, choose the sign-in partner, and sign in there.
partner-new-account-step-2 = When you are back on our page, enter your email address.
partner-new-account-step-3 = Enter the one-time code that we email you. It works for { $code-minutes } minutes.
partner-new-account-step-4 = Your account is created, and you continue to the government service.
partner-new-account-2 = From then on, you sign in with your bank alone. You can also choose a password, in “Settings” or with “Forgot password”.

partner-add-1 = Connect the sign-in partner to the account that you have. Otherwise, you may end up with a second account.
partner-add-step-1 = Sign in with your email address and password.
partner-add-step-2 = Open “Settings”, then “Sign-in partners”.
partner-add-step-3 = Choose the sign-in partner and sign in there.
partner-add-step-4 = Choose to connect it to your account. We will email you when this is done.
partner-add-2 = You can also choose the sign-in partner on the sign-in page. We then ask whether you have an account. Sign in to it once to connect it. We may ask you for a code, because a connected sign-in partner can be used to sign in to your account.

partner-remove-1 = You can remove a sign-in partner at any time. Your account stays, and you sign in with your email address and password.
partner-remove-step-1 = Sign in and open “Settings”, then “Sign-in partners”.
partner-remove-step-2 = Choose the sign-in partner that you want to remove. If you have no password yet, choose one first.
partner-remove-step-3 = Confirm. We email you about it.
partner-remove-2 = If you can no longer sign in with your bank, ask for a link by email. It works for { $link-minutes } minutes and removes all sign-in partners of your account. If your account has no password, we send a link to set one first.
partner-remove-3 = You can also choose the topic “Removing my sign-in partner” in our contact form and leave the message empty. You get the same link.

partner-code-1 = We email you a code the first time you sign in with your bank. It works for { $code-minutes } minutes. If it has expired, you have two options:
partner-code-again = Ask for another code on the same page. You can do so { $email-seconds } seconds after the last one.
partner-code-start = Choose “Start again with your sign-in partner”, and sign in there. We will ask for your email address again.
partner-code-2 = You can enter { $code-attempts } incorrect codes. After that, ask for a new one.

partner-bank-1 = Contact your bank if there is a problem on its website, for example if:
partner-bank-password = you forgot the sign-in name or password of your online banking
partner-bank-locked = your bank has locked your online banking
partner-bank-unavailable = the website of your bank does not answer or shows an error
partner-bank-2 = Meanwhile, you can get in with the email address of your account. Choose “Forgot password” and set a password, even if you never had one here. You can use it as well as your sign-in partner.

partner-switch-1 = If you sign in through the Interac sign-in service, you can change your bank on its website. You need the sign-in name and password of your old online banking one last time.
partner-switch-2 = After you have changed it there, sign in here with the new bank. You keep your account.
partner-switch-3 = If you no longer have them, sign in here with your email address. If you have no password here, choose “Forgot password” first. Remove the sign-in partner, then connect it again with the new bank. If you cannot do that either, read “What if I have lost access to my bank and my email?”

partner-cancelled-1 = If you close your bank account or cancel online banking, you can no longer use it to sign in here. Only active online banking works.
partner-cancelled-2 = Before you cancel, choose a password here or change to another bank. If it is too late for that, choose “Forgot password” and enter the email address of your account.

partner-no-access-1 = If you still have your email, choose “Forgot password” and set a password. If you still have your bank, keep signing in with it.
partner-no-access-2 = If you have lost both, we cannot let you in, because we would have no way to know that it is you. Contact the government service that you need. It knows you and can let you register again with a new account.
partner-no-access-3 = If only your email is lost, sign in with your bank and change your email address in “Settings”. You need a code from an authenticator app for that. If you do not have an app, read “What if I have lost access to my email?”
