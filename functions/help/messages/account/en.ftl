what-is-it-1 = My Ontario Account is a sign-in service of the Government of Ontario. You use one account to sign in to many government services. There are two ways to sign in:
what-is-it-password = with an email address and a password
what-is-it-partner = with a sign-in partner, such as your bank
what-is-it-2 = You do not have to come from a government service. If you sign in here directly, you see “My connected services”, where you find the services that you use and your settings.
what-is-it-3 = My Ontario Account signs you in and nothing more. Each government service decides what you can do there, and keeps your file itself.

signing-in-1 = Start at the government service that you want to use.
signing-in-step-1 = On the website of the service, choose to sign in. It sends you to our sign-in page, which shows the name of the service.
signing-in-step-2 = Sign in with your email address and password, or with a sign-in partner.
signing-in-step-3 = If the service asks for it, verify with a code.
signing-in-step-4 = We return you to the service.
signing-in-2 = The first time a service asks for your email address, we ask you whether you agree to share it.

not-returned-1 = After you sign in, we return you to the service that you came from. You may not arrive there in these cases:
not-returned-direct = You opened My Ontario Account directly, so there is no service to return to.
not-returned-browser = You opened an emailed link in another browser or on another device. We then lead you to the start page of the service, where you sign in.
not-returned-late = You started to sign in more than { $sign-in-hours } hours ago.
not-returned-cookies = Your browser blocks or has deleted our cookies.
not-returned-2 = Nothing is lost, and your account works. To continue:
not-returned-step-1 = Open the service from “My connected services”, or go to its website.
not-returned-step-2 = Choose to sign in there. If you are still signed in here, you do not need to enter your password again.

service-problems-1 = We can help you with your account: signing in, emails, codes, sign-in partners and settings.
service-problems-2 = For what happens at the service after you sign in, contact the support of that service. This can be a form, a payment or a decision. We cannot see your file there. “My connected services” shows the support contact of each service that you use.
service-problems-3 = If you cannot sign in, look for the support contact on the website of the service.

profile-1 = In “Settings” you can see and change:
profile-email = your email address
profile-password = your password
profile-language = the language of our pages and emails
profile-factors = your verification methods
profile-partners = your sign-in partners
profile-sessions = the devices and browsers in which you are signed in
profile-data = your data: download a copy, or close your account
profile-2 = Before some changes, we ask you to confirm it’s you. You may have to enter a code, even if you have just signed in. If you signed in more than { $proof-minutes } minutes ago, you may also have to sign in again. We then take you back to the change.
profile-3 = You cannot change whether a service asks you to verify with a code. The service decides that. “My connected services” shows what each service always requires. A service can also ask for more at times.
