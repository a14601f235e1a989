services-title = My connected services
services-none = You have not used any government service with this account yet. Services appear here when you sign in to them.
