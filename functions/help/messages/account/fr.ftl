what-is-it-1 = Le compte Mon Ontario est un service de connexion du gouvernement de l’Ontario. Un seul compte vous donne accès à de nombreux services gouvernementaux. Vous pouvez ouvrir une session de deux façons :
what-is-it-password = avec une adresse courriel et un mot de passe
what-is-it-partner = avec un partenaire de connexion, comme votre banque
what-is-it-2 = Vous pouvez aussi venir ici sans passer par un service gouvernemental. Vous arriverez alors à la page « Mes services connectés », où se trouvent les services que vous utilisez et vos paramètres.
what-is-it-3 = Votre compte Mon Ontario sert seulement à ouvrir une session. Chaque service gouvernemental décide de ce que vous pouvez y faire et conserve lui-même votre dossier.

signing-in-1 = Commencez par le service gouvernemental que vous voulez utiliser.
signing-in-step-1 = Dans le site Web du service, choisissez d’ouvrir une session. Vous verrez notre page d’ouverture de session, qui affiche le nom du service.
signing-in-step-2 = Ouvrez une session avec votre adresse courriel et votre mot de passe, ou avec un partenaire de connexion.
signing-in-step-3 = Si le service le demande, confirmez votre identité avec un code.
signing-in-step-4 = Vous revenez au service.
signing-in-2 = La première fois qu’un service demande votre adresse courriel, nous vous demanderons si vous acceptez de la lui communiquer.

not-returned-1 = Après l’ouverture de session, vous revenez au service d’où vous venez. Il se peut toutefois que vous n’y arriviez pas dans les cas suivants :
not-returned-direct = Vous avez ouvert votre compte Mon Ontario directement : il n’y a pas de service où revenir.
not-returned-browser = Vous avez ouvert le lien d’un courriel dans un autre navigateur ou sur un autre appareil. Vous arriverez alors à la page d’accueil du service, où vous ouvrirez une session.
not-returned-late = Vous avez commencé à ouvrir une session il y a plus de { $sign-in-hours } heures.
not-returned-cookies = Votre navigateur bloque nos témoins (cookies) ou les a supprimés.
not-returned-2 = Rien n’est perdu et votre compte fonctionne. Pour continuer :
not-returned-step-1 = Ouvrez le service à partir de « Mes services connectés » ou rendez-vous dans son site Web.
not-returned-step-2 = Choisissez-y d’ouvrir une session. Si votre session est encore ouverte chez nous, vous n’aurez pas à entrer de nouveau votre mot de passe.

service-problems-1 = Nous pouvons vous aider pour tout ce qui touche votre compte : l’ouverture de session, les courriels, les codes, les partenaires de connexion et les paramètres.
service-problems-2 = Pour ce qui se passe dans le service une fois votre session ouverte, par exemple un formulaire, un paiement ou une décision, communiquez avec le soutien de ce service. Nous n’avons pas accès à votre dossier. La page « Mes services connectés » indique comment joindre le soutien de chaque service que vous utilisez.
service-problems-3 = Si vous ne pouvez pas ouvrir de session, cherchez les coordonnées du soutien dans le site Web du service.

profile-1 = Dans les « Paramètres », vous pouvez consulter et modifier :
profile-email = votre adresse courriel
profile-password = votre mot de passe
profile-language = la langue de nos pages et de nos courriels
profile-factors = vos méthodes de vérification
profile-partners = vos partenaires de connexion
profile-sessions = les appareils et les navigateurs où votre session est ouverte
profile-data = vos données : en télécharger une copie ou fermer votre compte
profile-2 = Avant certaines modifications, nous vous demanderons de confirmer votre identité. Vous devrez peut-être entrer un code, même si vous venez d’ouvrir votre session. Si vous l’avez ouverte il y a plus de { $proof-minutes } minutes, vous devrez peut-être aussi en ouvrir une nouvelle. Vous reviendrez ensuite à la modification.
profile-3 = Vous ne pouvez pas choisir si un service vous demande de confirmer votre identité avec un code. C’est le service qui le décide. La page « Mes services connectés » indique ce que chaque service exige toujours. Un service peut parfois demander davantage.
