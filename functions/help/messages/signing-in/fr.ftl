forgot-password-1 = Vous pouvez choisir un nouveau mot de passe grâce à un lien que nous vous enverrons par courriel.
forgot-password-step-1 = Choisissez « Mot de passe oublié » et entrez l’adresse courriel de votre compte.
forgot-password-step-2 = Ouvrez le lien de notre courriel dans les { $link-minutes } minutes, dans n’importe quel navigateur.
forgot-password-step-3 = Choisissez un nouveau mot de passe, puis utilisez-le pour ouvrir une session.
forgot-password-2 = À noter :
forgot-password-sessions = Un nouveau mot de passe ferme toutes vos sessions.
forgot-password-locked = Si votre compte est verrouillé, le courriel contiendra d’abord un lien de déverrouillage. Vous pourrez ensuite choisir un nouveau mot de passe.
forgot-password-inactive = Si vous n’avez pas encore activé votre compte, le courriel contiendra plutôt un nouveau lien d’activation.

locked-account-1 = Après { $attempts } tentatives infructueuses de suite, votre compte est verrouillé. Dans les navigateurs où vous n’avez jamais ouvert de session, aucun mot de passe n’est accepté, pas même le bon. Si les tentatives ont été faites dans un navigateur où vous avez déjà ouvert une session, aucun navigateur ne fait exception. Attendre ne déverrouille pas le compte. Vos sessions déjà ouvertes le restent.
locked-account-2 = Pour le déverrouiller :
locked-account-step-1 = Ouvrez le lien de notre courriel au sujet du verrouillage. Vous pouvez aussi choisir « Déverrouiller le compte » pour en recevoir un nouveau.
locked-account-step-2 = Le lien fonctionne pendant { $link-minutes } minutes. Confirmez sur la page qui s’affiche.
locked-account-step-3 = Ouvrez une session avec votre mot de passe. Si vous l’avez oublié, vous pouvez maintenant choisir « Mot de passe oublié ».
locked-account-3 = Si ces tentatives viennent de quelqu’un d’autre, votre mot de passe peut encore fonctionner dans un navigateur que vous avez déjà utilisé. Vous pouvez aussi utiliser un partenaire de connexion pendant que votre compte est verrouillé.
locked-account-4 = Seul un compte activé peut être déverrouillé. Si vous n’avez pas activé le vôtre, nous vous enverrons plutôt le lien d’activation.

missing-emails-1 = La plupart des courriels arrivent en moins d’une minute. Si le vôtre n’arrive pas :
missing-emails-step-1 = Regardez dans vos courriels indésirables.
missing-emails-step-2 = Vérifiez que vous avez entré la bonne adresse courriel. Par mesure de sécurité, nous affichons la même page, qu’un compte y soit associé ou non, sauf à la création d’un compte.
missing-emails-step-3 = Attendez quelques minutes. Certains fournisseurs de courriel sont lents.
missing-emails-step-4 = Demandez un autre courriel. Vous pouvez le faire { $email-seconds } secondes après le précédent.
missing-emails-2 = Le nombre de courriels envoyés à une même adresse est limité. Si vous atteignez la limite, la page indique combien de temps attendre. Le lien le plus récent fonctionne jusque-là.
missing-emails-3 = Les adresses du travail ou de l’école sont souvent filtrées. Demandez au service informatique d’autoriser les courriels de { $sender }.
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
not-me-added = retirer les applications d’authentification et les codes de récupération ajoutés depuis, ainsi que les partenaires de connexion associés depuis
not-me-address = si vous utilisez le courriel envoyé à votre ancienne adresse, associer de nouveau votre compte à cette adresse
not-me-browsers = ne plus reconnaître aucun navigateur, sauf celui que vous utilisez
not-me-3 = Vous gardez votre compte et la liste de vos services. Si vous aviez fermé votre compte, il sera rouvert. Choisissez un nouveau mot de passe avec le lien que nous vous enverrons par courriel. Si votre compte est verrouillé, ce lien servira d’abord à le déverrouiller. Les services pourraient vous demander d’ouvrir de nouveau une session.
not-me-4 = Si vous n’avez plus accès à vos courriels, consultez « Que faire si je n’ai plus accès à mes courriels? ».
lost-email-1 = Essayez d’abord de retrouver l’accès à vos courriels. Votre fournisseur de courriel, votre école ou votre employeur peut peut-être vous aider.
lost-email-2 = Si vous avez une application d’authentification, vous pouvez changer l’adresse courriel de votre compte :
lost-email-step-1 = Ouvrez une session avec votre mot de passe ou un partenaire de connexion.
lost-email-step-2 = Ouvrez « Paramètres » et choisissez de changer votre adresse courriel. Confirmez votre identité avec un code de l’application.
lost-email-step-3 = Entrez une adresse à laquelle vous avez accès. Ouvrez le lien que nous y enverrons et confirmez.
lost-email-3 = Si vous n’avez pas d’application, vous ne pourrez pas changer l’adresse, car nous enverrions le code à celle que vous avez perdue. Nous ne pouvons pas la changer pour vous, car rien ne nous prouverait que c’est bien vous.
lost-email-4 = Si vous pouvez encore ouvrir une session, les services qui ne demandent pas de code restent accessibles. Pour les autres, communiquez avec leur soutien et demandez comment les utiliser avec un nouveau compte.
lost-email-5 = Si quelqu’un d’autre peut lire vos courriels, avisez tout de suite votre fournisseur de courriel. Protégez ensuite votre compte avec « Ce n’était pas moi » ou un nouveau mot de passe.
unexpected-email-1 = Tout dépend du courriel :
unexpected-email-link = S’il contient un lien que l’on peut demander, par exemple pour activer ou déverrouiller un compte ou pour choisir un mot de passe, n’en tenez pas compte. Quelqu’un a peut-être entré votre adresse par erreur. Rien ne changera tant que le lien n’est pas utilisé.
unexpected-email-code = S’il contient un code pour créer un compte, n’en tenez pas compte non plus.
unexpected-email-verify = S’il contient un autre code, quelqu’un a déjà ouvert une session dans votre compte. Si ce n’était pas vous, choisissez « Ce n’était pas moi » dans le courriel.
unexpected-email-change = S’il vous annonce quelque chose que vous n’avez pas fait, choisissez « Ce n’était pas moi » pour protéger votre compte.
unexpected-email-2 = Nos courriels proviennent de { $sender }. Nous ne vous demanderons jamais votre mot de passe ni un code par courriel ou par téléphone. Ne donnez jamais un code à qui que ce soit et ne transférez pas nos courriels.
unexpected-email-3 = Si vous doutez qu’un courriel vienne de nous, n’ouvrez pas ses liens. Entrez vous-même notre adresse dans votre navigateur, ouvrez une session et consultez « Activité récente ».
