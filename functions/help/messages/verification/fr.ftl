mfa-1 = L’authentification multifacteur consiste à confirmer votre identité de deux façons. Vous ouvrez d’abord une session avec un mot de passe ou un partenaire de connexion. Vous confirmez ensuite votre identité avec l’un de ces moyens :
mfa-email = un code à usage unique que nous vous envoyons par courriel
mfa-app = un code affiché par une application d’authentification sur votre téléphone ou votre ordinateur
mfa-recovery = un des codes de récupération que vous avez enregistrés
mfa-2 = Une personne qui ne connaît que votre mot de passe ne peut donc pas accéder à un service qui l’exige.

mfa-when-1 = C’est le service gouvernemental que vous utilisez qui en décide, selon ses exigences de sécurité. Il y a trois cas :
mfa-when-none = Le service demande seulement d’ouvrir une session.
mfa-when-code = Le service exige une deuxième étape. Vous choisissez entre un code par courriel et une application d’authentification.
mfa-when-app = Le service exige une application d’authentification. Un code par courriel n’y suffit pas.
mfa-when-2 = Une fois votre identité confirmée, vous n’aurez pas à la confirmer de nouveau avant la fin de votre session, sauf pour certaines modifications de votre compte. La page « Mes services connectés » indique ce que chaque service exige toujours. Un service peut parfois demander davantage. Vous ne pouvez pas changer ces exigences.

mfa-steps-1 = Si un service exige un code, nous vous le demanderons après l’ouverture de session :
mfa-steps-step-1 = Demandez un code par courriel ou ouvrez votre application d’authentification.
mfa-steps-step-2 = Entrez les 6 chiffres.
mfa-steps-step-3 = Vous continuez vers le service.
mfa-steps-2 = La première fois, vous choisissez votre méthode de vérification. Pour les codes par courriel, il n’y a rien à configurer.

email-codes-1 = Un code par courriel compte 6 chiffres. Nous l’envoyons à l’adresse de votre compte quand vous le demandez.
email-codes-time = Il fonctionne pendant { $code-minutes } minutes, une seule fois.
email-codes-browser = Il fonctionne seulement dans le navigateur où vous l’avez demandé.
email-codes-several = Si vous avez demandé plusieurs codes, n’importe lequel fonctionne jusqu’à son expiration. Vous pouvez en demander un autre après { $code-seconds } secondes.
email-codes-attempts = Vous pouvez entrer { $code-attempts } codes incorrects. Ensuite, demandez un nouveau code.
email-codes-2 = Ne donnez jamais un code à qui que ce soit. Nous ne vous le demanderons jamais par téléphone ni par courriel.

app-required-1 = Dans la plupart des cas, non. Si un service exige une deuxième étape, vous pouvez choisir un code par courriel.
app-required-2 = Certains services protègent des renseignements de nature très délicate et acceptent seulement le code d’une application d’authentification. Si vous ne voulez pas utiliser d’application, communiquez avec le soutien de ce service pour savoir comment utiliser le service autrement.

authenticator-apps-1 = Une application d’authentification affiche un nouveau code à 6 chiffres toutes les 30 secondes. Elle fonctionne sans réseau cellulaire ni connexion Internet.
authenticator-apps-2 = Toute application qui produit de tels codes convient, par exemple Google Authenticator, Microsoft Authenticator ou Okta Verify. Vous la trouverez dans l’App Store ou dans Google Play. De nombreux gestionnaires de mots de passe, sur téléphone ou sur ordinateur, peuvent aussi le faire.
authenticator-apps-3 = Vous pouvez configurer jusqu’à { $apps } applications, par exemple une sur votre téléphone et une sur votre tablette. Si vous en perdez une, il vous en restera une autre.

okta-verify-1 = Non. Nous n’offrons pas les notifications poussées pour le moment : vous ne pouvez pas approuver une ouverture de session en touchant un message sur votre téléphone.
okta-verify-2 = Vous pouvez utiliser Okta Verify et les applications semblables avec des codes. Configurez l’application comme toute autre application d’authentification et entrez le code qu’elle affiche.

default-method-1 = La dernière méthode de vérification utilisée est proposée en premier la fois suivante. La page indique laquelle.
default-method-2 = Si vous n’avez configuré aucune application, c’est le code par courriel.

something-else-1 = Vous pouvez changer de méthode chaque fois que vous confirmez votre identité. Vous connaissez peut-être cette option sous le nom « Vérification à l’aide d’une autre méthode ».
something-else-step-1 = Sur la page qui demande un code, choisissez « Utiliser une autre méthode de vérification ».
something-else-step-2 = Choisissez un code par courriel ou l’une de vos applications d’authentification, puis « Continuer ». Si vous choisissez le courriel, nous enverrons le code aussitôt.
something-else-step-3 = Entrez le code. Cette méthode sera proposée en premier la prochaine fois.
something-else-2 = Le code par courriel figure dans la liste, sauf si vous l’avez désactivé. Il ne suffit pas pour continuer vers un service qui exige une application, mais il vous permet de retirer une application perdue.

set-up-app-1 = Il vous faut un téléphone, une tablette ou un ordinateur avec une application d’authentification. Installez-la d’abord. Vous pouvez la configurer en tout temps ou lorsqu’un service la demande.
set-up-app-step-1 = Ouvrez une session, puis « Paramètres » et « Méthodes de vérification ».
set-up-app-step-2 = Choisissez « Ajouter une application d’authentification ». Nous pourrions vous demander de confirmer votre identité, par exemple avec un code par courriel. Choisissez ensuite « Configurer une application d’authentification ».
set-up-app-step-3 = Dans l’application, choisissez d’ajouter un compte ou de balayer un code QR.
set-up-app-step-4 = Dirigez l’appareil photo vers le code QR de notre page. Si l’application est sur le même appareil, choisissez plutôt « Ouvrir l’application ».
set-up-app-step-5 = Donnez un nom à l’application pour la reconnaître plus tard.
set-up-app-step-6 = Entrez le code à 6 chiffres affiché par l’application, puis choisissez « Terminer ».
set-up-app-2 = Nous vous aviserons par courriel une fois l’application configurée. Toutes les applications d’authentification conviennent, peu importe celle que nomme une page.
set-up-app-3 = Si vous avez réinitialisé votre mot de passe au cours des { $root-hours } dernières heures, les services qui exigent une application pourraient n’accepter la nouvelle que plus tard.

set-up-app-by-key-1 = Si vous ne pouvez pas balayer le code QR, entrez la clé qui se trouve dessous.
set-up-app-by-key-step-1 = Suivez les étapes pour configurer une application jusqu’à l’affichage du code QR.
set-up-app-by-key-step-2 = Dans votre application, choisissez d’entrer une clé ou d’ajouter un compte à la main.
set-up-app-by-key-step-3 = Entrez le nom du compte et la clé que nous affichons. Les espaces et les majuscules n’ont pas d’importance. Si l’application demande le type de clé, choisissez « fondée sur l’heure ».
set-up-app-by-key-step-4 = Sur notre page, donnez un nom à l’application et entrez le code à 6 chiffres qu’elle affiche, puis choisissez « Terminer ».
set-up-app-by-key-2 = Vous pouvez aussi copier la clé et la coller dans une application du même appareil. N’envoyez la clé à personne : elle permet de produire vos codes.

recovery-codes-1 = Les codes de récupération servent à confirmer votre identité quand vous n’avez pas votre téléphone ou votre application d’authentification. Il y en a { $recovery-codes }, et chacun fonctionne une seule fois. Pour les obtenir :
recovery-codes-step-1 = Ouvrez une session, puis « Paramètres » et « Méthodes de vérification ».
recovery-codes-step-2 = Choisissez « Créer des codes de récupération ». Nous vous demanderons peut-être de confirmer votre identité.
recovery-codes-step-3 = Imprimez ou téléchargez les codes et conservez-les dans un endroit sûr. Nous les affichons une seule fois.
recovery-codes-use = Pour en utiliser un, choisissez « Utiliser une autre méthode de vérification » sur la page qui demande un code, puis les codes de récupération. Les majuscules, les espaces et les traits d’union n’ont pas d’importance. Les services qui exigent une application d’authentification acceptent aussi les codes de récupération. Nous vous envoyons un courriel chaque fois qu’un code est utilisé.
recovery-codes-few = Quand il reste { $recovery-codes-few } codes ou moins, nous vous le rappelons. Créez-en alors de nouveaux. Les anciens codes ne fonctionneront plus.
recovery-codes-lost = Si vous avez perdu vos codes, ou si quelqu’un d’autre a pu les voir, créez-en de nouveaux ou retirez-les. Si vous n’avez rien d’autre pour confirmer votre identité, ouvrez de nouveau une session et utilisez un code par courriel.
recovery-codes-later = Si vous avez créé des codes sans le code d’une application et sans un code de récupération antérieur, les services qui exigent une application pourraient les accepter seulement après { $root-hours } heures. La page « Méthodes de vérification » indique l’heure.
recovery-codes-email-off = Si vous avez une application d’authentification et des codes de récupération, vous pouvez désactiver les codes par courriel à la page « Méthodes de vérification ». Une personne qui aurait accès à vos courriels ne pourra alors pas s’en servir pour confirmer votre identité. S’il ne vous reste aucune application ou aucun code de récupération, nous réactivons les codes par courriel et vous en avisons.

remove-app-1 = Vous pouvez retirer une application que vous n’utilisez plus.
remove-app-step-1 = Ouvrez une session, puis « Paramètres » et « Méthodes de vérification ».
remove-app-step-2 = Choisissez l’application à retirer. Nous vous demanderons un code d’une application. Si vous n’en avez plus, suivez les étapes prévues pour un appareil perdu.
remove-app-step-3 = Confirmez. Nous vous enverrons un courriel de confirmation.
remove-app-2 = Supprimez aussi l’entrée dans l’application. La supprimer seulement dans l’application ne change rien ici : nous continuerions de demander ses codes.

new-phone-1 = Gardez l’ancien téléphone jusqu’à la fin.
new-phone-step-1 = Installez une application d’authentification sur le nouveau téléphone.
new-phone-step-2 = Ouvrez une session, puis « Paramètres » et « Méthodes de vérification ». Choisissez « Ajouter une application d’authentification » et entrez un code de l’application de l’ancien téléphone si nous le demandons.
new-phone-step-3 = Ajoutez l’application du nouveau téléphone. Vous pourrez l’utiliser tout de suite, pour tous les services.
new-phone-step-4 = Retirez de la liste l’application de l’ancien téléphone.
new-phone-2 = Vous pouvez aussi retirer d’abord l’ancienne application, puis configurer la nouvelle dans les { $proof-minutes } minutes après avoir entré le code.

lost-device-recovery = Si vous avez enregistré des codes de récupération, utilisez-en un pour confirmer votre identité et retirez l’application. Une nouvelle application comptera alors tout de suite.
lost-device-1 = Vous pouvez retirer l’application sans l’appareil, avec un code par courriel :
lost-device-step-1 = Ouvrez de nouveau une session, avec votre mot de passe ou un partenaire de connexion.
lost-device-step-2 = Dans « Méthodes de vérification », choisissez de retirer l’application qui était sur l’appareil perdu.
lost-device-step-3 = Sur la page qui demande un code, choisissez « Utiliser une autre méthode de vérification », puis le code par courriel. Entrez le code et confirmez le retrait.
lost-device-step-4 = Configurez une application sur un autre appareil.
lost-device-service = Si un service vous demande un code, il y a un chemin plus court. Choisissez « Utiliser une autre méthode de vérification », puis « Utiliser un code par courriel et aller à mes applications ».
lost-device-2 = Les services qui exigent une application d’authentification n’accepteront la nouvelle qu’après { $root-hours } heures. Vous aurez ainsi le temps de réagir si ce n’était pas vous, car nous vous écrivons aussitôt. Les services qui acceptent les codes par courriel fonctionnent tout de suite.
lost-device-3 = Si l’appareil est peut-être entre les mains de quelqu’un d’autre, retirez l’application dès que possible. Choisissez ensuite un nouveau mot de passe dans les « Paramètres ». N’utilisez pas d’abord « Mot de passe oublié » : pendant les { $root-hours } heures suivantes, nous n’accepterions aucun code par courriel et vous ne pourriez pas retirer l’application.

app-after-email-change-1 = Rien. L’application continue de fonctionner, car ses codes ne dépendent pas de votre adresse courriel.
app-after-email-change-2 = L’entrée de l’application affiche encore l’ancienne adresse. Vous pouvez la renommer dans l’application : ouvrez l’entrée ou maintenez le doigt dessus, puis choisissez de la modifier. Vous n’avez pas à la retirer ni à la configurer de nouveau.

after-reset-1 = Pendant { $root-hours } heures après la réinitialisation de votre mot de passe par courriel, les codes par courriel ne sont pas acceptés si une application d’authentification est, ou a déjà été, configurée dans votre compte. Sinon, une personne qui aurait accès à vos courriels pourrait réinitialiser votre mot de passe et recevoir le code dans la même boîte de réception.
after-reset-2 = Votre application d’authentification fonctionne comme d’habitude. Utilisez-la si vous l’avez.
after-reset-3 = Si vous ne l’avez pas, attendez jusqu’à l’heure indiquée sur la page. Si vous ne pouvez pas attendre, communiquez avec le soutien du service gouvernemental que vous voulez utiliser. Si vous n’étiez pas en route vers un service, communiquez avec nous.

new-app-later-1 = Si une application est, ou a déjà été, configurée dans votre compte et que vous avez ajouté la nouvelle avec un code par courriel, les services qui exigent une application ne l’accepteront qu’après { $root-hours } heures. C’est le cas après la perte d’un appareil, ou si vous avez retiré votre seule application et que vous en ajoutez une autre plus tard. Il en est généralement de même pour toute application ajoutée sans le code d’une autre application dans la journée qui suit la réinitialisation de votre mot de passe par courriel.
new-app-later-2 = La page « Méthodes de vérification » indique à partir de quand l’application sera acceptée partout. Pour les services qui acceptent aussi les codes par courriel, vous pouvez l’utiliser tout de suite.
new-app-later-3 = Si vous ne pouvez pas attendre, communiquez avec le soutien du service gouvernemental.

incorrect-codes-1 = Vérifiez les points suivants :
incorrect-codes-newest = Entrez le code que l’application affiche en ce moment. Il change toutes les 30 secondes.
incorrect-codes-clock = Laissez votre téléphone ou votre ordinateur régler l’heure automatiquement. Si l’heure est décalée de plus de 30 secondes, les codes seront incorrects.
incorrect-codes-browser = Un code par courriel fonctionne seulement dans le navigateur où vous l’avez demandé, pendant { $code-minutes } minutes.
incorrect-codes-used = Chaque code sert une seule fois. Attendez le prochain dans l’application ou demandez un autre courriel.
incorrect-codes-2 = Après { $guesses } codes incorrects de suite, nous n’accepterons aucun code pendant { $pause-minutes } minutes, et plus longtemps si cela se répète. La page indique jusqu’à quand et nous vous écrirons. Votre mot de passe continue de fonctionner et votre session reste ouverte.
