forgot-password-1 = Vous pouvez choisir un nouveau mot de passe grâce à un lien que nous vous enverrons par courriel.
forgot-password-step-1 = Choisissez « Mot de passe oublié » et entrez l’adresse courriel de votre compte.
forgot-password-step-2 = Ouvrez le lien de notre courriel dans les { $link-minutes } minutes, dans n’importe quel navigateur.
forgot-password-step-3 = Choisissez un nouveau mot de passe, puis utilisez-le pour ouvrir une session.
forgot-password-2 = À savoir :
forgot-password-sessions = Un nouveau mot de passe ferme toutes vos sessions.
forgot-password-locked = Si votre compte est verrouillé, le courriel contiendra d’abord un lien de déverrouillage. Vous pourrez ensuite choisir un nouveau mot de passe.
forgot-password-inactive = Si vous n’avez pas encore activé votre compte, le courriel contiendra plutôt un nouveau lien d’activation.

locked-account-1 = Après { $attempts } tentatives infructueuses de suite, votre compte est verrouillé : aucun mot de passe n’est accepté, pas même le bon. Attendre ne le déverrouille pas. Vos sessions déjà ouvertes le restent.
locked-account-2 = Pour le déverrouiller :
locked-account-step-1 = Ouvrez le lien du courriel qui vous annonce le verrouillage, ou choisissez « Déverrouiller le compte » et entrez votre adresse courriel pour en recevoir un nouveau.
locked-account-step-2 = Le lien fonctionne pendant { $link-minutes } minutes. Confirmez sur la page qui s’affiche.
locked-account-step-3 = Ouvrez une session avec votre mot de passe. Si vous l’avez oublié, choisissez maintenant « Mot de passe oublié », une fois le compte déverrouillé.
locked-account-3 = Si ces tentatives viennent de quelqu’un d’autre, votre mot de passe peut encore fonctionner dans un navigateur que vous avez déjà utilisé. Vous pouvez aussi utiliser un partenaire de connexion pendant que votre compte est verrouillé.
locked-account-4 = Seul un compte activé peut être déverrouillé. Si vous n’avez pas activé le vôtre, nous vous enverrons plutôt le lien d’activation.

missing-emails-1 = La plupart des courriels arrivent en moins d’une minute. Si le vôtre n’arrive pas :
missing-emails-step-1 = Regardez dans vos courriels indésirables.
missing-emails-step-2 = Vérifiez que vous avez entré la bonne adresse courriel. Par mesure de sécurité, nous affichons la même page, qu’un compte y soit associé ou non.
missing-emails-step-3 = Attendez quelques minutes. Certains fournisseurs de courriel sont lents.
missing-emails-step-4 = Demandez un autre courriel. Vous pouvez le faire { $email-seconds } secondes après le précédent.
missing-emails-2 = Le nombre de courriels envoyés à une même adresse est limité. Si vous atteignez la limite, la page indique combien de temps attendre. Le lien le plus récent fonctionne jusque-là.
missing-emails-3 = Les adresses du travail ou de l’école sont souvent filtrées. Demandez à la personne responsable de laisser passer les courriels de { $sender }.
missing-emails-4 = Si rien n’y fait, écrivez à { $support } ou utilisez notre formulaire de contact.

too-many-attempts-1 = Nous limitons le nombre de tentatives permises pour un compte, une adresse courriel et une connexion Internet, par exemple pour entrer un mot de passe ou un code, ou pour demander un courriel. Personne ne peut ainsi deviner votre mot de passe ou votre code à force d’essayer.
too-many-attempts-2 = La page indique combien de temps attendre. Ce que vous avez entré est conservé, sauf les mots de passe et les codes. Votre compte n’est pas touché.
too-many-attempts-3 = Si beaucoup de gens partagent votre connexion, par exemple dans une bibliothèque ou un bureau, quelqu’un d’autre peut en être la cause. Utilisez une autre connexion, comme vos données mobiles.

session-ended-1 = Votre session se termine dans les cas suivants :
session-ended-idle = Vous n’avez rien fait pendant { $idle-minutes } minutes. Un avertissement s’affiche { $warning-minutes } minutes avant et vous pouvez garder la session ouverte.
session-ended-total = Vous avez ouvert votre session il y a { $session-hours } heures.
session-ended-other = Quelqu’un a ouvert une nouvelle session dans ce navigateur ou y a fermé la vôtre.
session-ended-changed = Votre mot de passe a été changé ou réinitialisé, ou vous avez choisi « Ce n’était pas moi » ou fermé cette session à partir d’un autre navigateur.
session-ended-2 = Ouvrez de nouveau une session pour continuer. Vous reviendrez à la page où vous étiez.

sessions-1 = La page « Appareils et sessions » énumère les navigateurs où votre session est ouverte, avec l’heure de votre dernière visite.
sessions-step-1 = Ouvrez une session, puis « Paramètres » et « Appareils et sessions ».
sessions-step-2 = Trouvez le navigateur en question. Nous affichons son nom et le pays, jamais l’endroit précis.
sessions-step-3 = Fermez cette session, ou fermez toutes les autres sessions à la fois.
sessions-2 = Si vous ne reconnaissez pas un navigateur, choisissez aussi un nouveau mot de passe. Fermer une session ici ne la ferme pas dans les services gouvernementaux que vous utilisez déjà.

new-browser-1 = Nous vous écrivons la première fois que quelqu’un ouvre une session dans votre compte avec un navigateur que nous ne reconnaissons pas. Si c’était vous, vous n’avez rien à faire.
new-browser-2 = Nous reconnaissons un navigateur grâce à un témoin (cookie) pendant { $browser-days } jours après votre dernière ouverture de session. Vous recevrez de nouveau ce courriel si vous supprimez vos témoins, utilisez une fenêtre privée ou changez de navigateur ou d’appareil.
new-browser-3 = Si ce n’était pas vous, ouvrez « Ce n’était pas moi » dans le courriel.

not-me-1 = Nos courriels qui annoncent un changement contiennent un lien « Ce n’était pas moi ». Utilisez-le si vous n’avez pas fait ce changement. Il fonctionne une seule fois, pendant { $dispute-days } jours.
not-me-2 = Sur la page qui s’affiche, confirmez que ce n’était pas vous. Nous allons alors :
not-me-sessions = fermer toutes vos sessions
not-me-password = cesser d’accepter votre mot de passe et vous envoyer par courriel un lien pour en choisir un nouveau
not-me-added = retirer les applications d’authentification et les partenaires de connexion ajoutés depuis, et annuler un changement d’adresse courriel
not-me-browsers = ne plus reconnaître aucun navigateur, sauf celui que vous utilisez
not-me-3 = Votre compte et vos services connectés restent les vôtres. Il vous suffit de choisir un nouveau mot de passe.
not-me-4 = Si vous n’avez plus accès à vos courriels, communiquez avec nous.
