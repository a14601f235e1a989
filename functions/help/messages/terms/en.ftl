terms-1 = These are the terms for using My Ontario Account. By creating or using an account, you agree to them.
terms-draft = These terms are a draft. They become final before the service opens to the public.

terms-service = The service
terms-service-1 = My Ontario Account signs you in to government services. You can use it free of charge. You do not have to use it if a service offers another way.
terms-service-2 = Each government service has terms of its own for what you do there.

terms-you = What we ask of you
terms-you-own = Use an email address that is yours, and an account for yourself only.
terms-you-secret = Keep your password and your codes to yourself, and protect your devices and your mailbox.
terms-you-tell = If you think that someone else has used your account, choose “This wasn’t me” in our email, change your password, or contact us.
terms-you-current = Keep your email address up to date, so that our messages reach you.

terms-not = What is not allowed
terms-not-1 = Do not:
terms-not-others = use the account of another person, or create one with an address that is not yours
terms-not-false = try to get around the security of the service, or disrupt it
terms-not-programs = use programs that create accounts, sign in or send messages in large numbers

terms-we = What we may do
terms-we-1 = To protect you and the service, we may:
terms-we-lock = lock your account after failed attempts, until you unlock it with a link that we email you
terms-we-limit = limit how often something can be tried, for a time
terms-we-emails = email you about your account; you cannot turn off messages about security
terms-we-interrupt = interrupt the service for maintenance, or change it

terms-end = Closing your account
terms-end-1 = You can close your account at any time.
terms-end-2 = If an account is misused, we may close it. We tell you the reason by email, unless a law forbids it.

terms-changes = Changes and questions
terms-changes-1 = If we change these terms, this page shows the new version before it applies. If you have questions, write to { $support }.
