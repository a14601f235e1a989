change-email-1 = Vous pouvez changer l’adresse courriel que vous utilisez pour ouvrir une session.
change-email-step-1 = Ouvrez une session, puis « Paramètres », et choisissez de changer votre adresse courriel. Nous pourrions vous demander de confirmer votre identité.
change-email-step-2 = Entrez la nouvelle adresse. Nous y enverrons un lien.
change-email-step-3 = Ouvrez ce lien dans un navigateur où votre session est ouverte, ou ouvrez-y une session avec votre adresse actuelle. Confirmez le changement dans les { $link-minutes } minutes. La nouvelle adresse sera alors celle de votre compte.
change-email-2 = Nous écrirons aussi à l’ancienne adresse. Elle vous restera réservée pendant { $old-address-days } jours et « Ce n’était pas moi » dans ce courriel permet d’annuler le changement, ce qui ferme aussi toutes vos sessions et annule votre mot de passe. Pour revenir de vous-même à l’ancienne adresse, changez plutôt d’adresse de nouveau. Les liens déjà envoyés à l’ancienne adresse ne fonctionneront plus.
change-email-3 = La nouvelle adresse ne doit pas servir à un autre compte. Si quelqu’un la prend avant que vous confirmiez, le changement n’aura pas lieu.
change-email-4 = Si vous n’avez plus accès à l’ancienne adresse, il vous faudra un code d’une application d’authentification pour faire ce changement. Si vous n’avez pas d’application, consultez « Que faire si je n’ai plus accès à mes courriels? ».

change-password-1 = Pour changer votre mot de passe, votre session doit être ouverte.
change-password-step-1 = Ouvrez « Paramètres » et choisissez de changer votre mot de passe. Nous pourrions vous demander de confirmer votre identité.
change-password-step-2 = Choisissez un nouveau mot de passe.
change-password-step-3 = Utilisez-le à votre prochaine ouverture de session.
change-password-2 = Nous vous enverrons un courriel de confirmation et vos sessions dans tous les autres navigateurs seront fermées.
change-password-3 = Si vous avez toujours ouvert vos sessions avec un partenaire de connexion, vous n’avez pas encore de mot de passe. Vous pouvez choisir le premier au même endroit.

change-language-1 = Le lien « English » en haut de chaque page affiche la page en anglais. Ce que vous avez entré est conservé, sauf les mots de passe.
change-language-2 = Dans les « Paramètres », vous choisissez la langue de votre compte. C’est celle de nos courriels, et celle des pages lorsque vous ouvrez une session.

activity-1 = La page « Activité récente » énumère ce qui s’est passé dans votre compte : par exemple les ouvertures de session, les changements de mot de passe et le navigateur utilisé. Elle indique le pays, jamais l’endroit précis.
activity-2 = Si vous ne reconnaissez pas une activité, choisissez « Ce n’était pas moi » sous cette activité, dans les { $dispute-days } jours. Nous vous enverrons par courriel un lien pour protéger votre compte. Si votre adresse courriel a été changée, utilisez plutôt « Ce n’était pas moi » dans le courriel envoyé à votre ancienne adresse.

connected-services-1 = La page « Mes services connectés » énumère les services gouvernementaux où vous avez ouvert une session avec votre compte. Pour chacun, elle indique :
connected-services-home = un lien vers le service
connected-services-support = comment joindre son soutien
connected-services-used = la date de votre dernière ouverture de session
connected-services-shared = ce que nous lui communiquons
connected-services-requires = si le service exige toujours que vous confirmiez votre identité avec un code
connected-services-2 = Vous pouvez déconnecter un service. Il ne pourra plus obtenir de nous des renseignements à votre sujet et nous vous enverrons un courriel de confirmation. Ce qu’il a déjà reçu lui reste. Si vous y ouvrez de nouveau une session, il sera connecté de nouveau.

shared-information-1 = Un service reçoit un identifiant qui vous représente. Le plus souvent, cet identifiant est propre à ce service : les services ne peuvent pas s’en servir pour recouper ce qu’ils savent de vous. Le service apprend aussi quand et comment vous avez ouvert votre session, par exemple avec un code.
shared-information-2 = Si le service demande votre adresse courriel, nous vous demanderons d’abord votre accord. Si vous refusez, vous revenez au service et rien n’est communiqué.
shared-information-3 = Certains services demandent aussi à garder leur accès lorsque votre session est fermée, pour un maximum de { $offline-days } jours. Nous vous demanderons également votre accord. La page « Mes services connectés » indique ce que vous avez accepté et vous pouvez déconnecter le service en tout temps.

download-data-1 = Vous pouvez télécharger une copie des renseignements conservés à votre sujet. Le fichier est dans un format appelé JSON, que d’autres programmes peuvent lire.
download-data-2 = Ouvrez une session, puis « Paramètres », et choisissez « Télécharger mes données ». Le fichier ne contient ni votre mot de passe ni les clés de vos applications d’authentification. Ce que les services gouvernementaux savent de vous n’y figure pas : adressez-vous au service.
download-data-3 = Vous pouvez ouvrir le fichier dans un navigateur ou un éditeur de texte. Les heures sont en temps universel coordonné (UTC), en avance de 4 ou 5 heures sur l’heure de Toronto. Vous pouvez télécharger le fichier 5 fois par jour.

close-account-1 = Vous pouvez fermer votre compte en tout temps. Vous utiliserez ensuite les services gouvernementaux par un autre moyen qu’ils offrent, s’il y en a un.
close-account-step-1 = Ouvrez une session, puis « Paramètres », et choisissez « Fermer mon compte ». Nous pourrions vous demander de confirmer votre identité.
close-account-step-2 = Lisez ce qui se passera et confirmez.
close-account-step-3 = Nous fermerons toutes vos sessions et vous enverrons un courriel de confirmation.
close-account-2 = Vous aurez { $closing-days } jours pour changer d’idée : il suffira d’ouvrir une session pour retrouver votre compte. Votre adresse courriel restera réservée pendant ce temps. Si vous avez changé votre adresse courriel au cours des { $old-address-days } derniers jours, vous aurez plus de temps : nous garderons le compte tant que l’ancienne adresse permettra d’annuler ce changement. Ensuite, nous supprimerons tout ce qui est conservé à votre sujet et personne ne pourra le récupérer.
close-account-3 = Fermer votre compte ne ferme pas vos dossiers dans les services gouvernementaux. Communiquez avec ces services si vous le souhaitez.
