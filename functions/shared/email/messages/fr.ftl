## All emails

mail-product = Compte Mon Ontario
mail-copy-link = Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :
mail-help = Besoin d’aide? Écrivez à { $address }.
mail-no-reply = Nous ne lisons pas les réponses à ce courriel.
mail-when-and-where = Date : { $time }. Navigateur : { $device }
mail-unknown-browser = un navigateur inconnu

## Links on request

mail-link-kept = Vous pouvez utiliser le lien une seule fois, jusqu’au { $time }. D’ici là, nous ne pouvons pas en envoyer d’autre à cette adresse. Ne transférez ce courriel à personne.
mail-link-validity = Vous pouvez utiliser le lien une seule fois, pendant 30 minutes. Ne transférez ce courriel à personne.
mail-request-not-you = Si vous n’avez pas fait cette demande, ne tenez pas compte de ce courriel : quelqu’un a peut-être entré votre adresse par erreur. Rien ne changera tant que le lien n’est pas utilisé.

## Security events

mail-dispute-caption = Si ce n’était pas vous
mail-dispute-button = Ce n’était pas moi
mail-dispute-note = « Ce n’était pas moi » ferme toutes les sessions de votre compte et vous envoie un courriel pour choisir un nouveau mot de passe. Vous pouvez l’utiliser une seule fois, pendant 10 jours.

## activation_links.rs

mail-activation-subject = Activez votre compte Mon Ontario
mail-activation-text = Merci de votre inscription. Pour la terminer, ouvrez le lien ci-dessous et confirmez que cette adresse courriel est la vôtre.
mail-activation-button = Activer mon compte
mail-activation-text-several = Votre adresse courriel a servi à plusieurs inscriptions. Ouvrez le lien de celle que vous avez faite. Le mot de passe que vous avez choisi à ce moment deviendra celui de votre compte.
mail-activation-registered = Inscription faite le { $time } avec { $device }
mail-activation-kept = Vous pouvez utiliser le lien une seule fois, jusqu’au { $time }, mais au plus tard 24 heures après votre inscription. D’ici là, nous ne pouvons pas envoyer d’autre lien à cette adresse. Après 24 heures, inscrivez-vous de nouveau.
mail-activation-validity = Vous pouvez utiliser le lien une seule fois, pendant 30 minutes. Vous pouvez en demander un autre dans les 24 heures suivant votre inscription. Ensuite, inscrivez-vous de nouveau.
mail-activation-not-you = Si vous n’avez pas fait cette inscription, ne tenez pas compte de ce courriel : aucun compte ne sera créé si le lien n’est pas utilisé. Ne transférez ce courriel à personne.
mail-activation-expired-subject = Votre lien d’activation a expiré : demandez-en un autre
mail-activation-expired-text = Nous n’avons pas pu envoyer votre lien d’activation à temps et il ne fonctionne plus. Nous vous prions de nous en excuser. Vous pouvez en demander un autre dans les 24 heures suivant votre inscription. Ensuite, inscrivez-vous de nouveau.
mail-activation-expired-button = M’envoyer un autre lien

## already_active.rs

mail-already-active-subject = Vous pouvez ouvrir une session dans votre compte Mon Ontario
mail-already-active-text = Quelqu’un a demandé un lien pour activer ou déverrouiller le compte associé à cette adresse courriel. Vous n’en avez pas besoin : votre compte est actif et n’est pas verrouillé. Vous pouvez ouvrir une session avec cette adresse et votre mot de passe.
mail-already-active-button = Ouvrir une session
mail-already-active-reset = Si vous ne vous souvenez pas de votre mot de passe, choisissez « Mot de passe oublié » à la page d’ouverture de session.

## unlock_first.rs

mail-unlock-first-subject = Votre compte est verrouillé : déverrouillez-le d’abord
mail-unlock-first-text = Votre compte est verrouillé à la suite de 5 tentatives infructueuses d’ouverture de session. Vous devez le déverrouiller avant de pouvoir changer votre mot de passe. Ouvrez le lien ci-dessous et confirmez. Ensuite, ouvrez une session ou demandez de nouveau à réinitialiser votre mot de passe.

## unlock_link.rs

mail-unlock-subject = Déverrouillez votre compte Mon Ontario
mail-unlock-text = Pour déverrouiller votre compte, ouvrez le lien ci-dessous et confirmez votre choix. Vous pourrez ensuite ouvrir une session. Votre mot de passe ne changera pas.
mail-unlock-button = Déverrouiller mon compte
mail-unlock-expired-subject = Votre lien de déverrouillage a expiré : demandez-en un autre
mail-unlock-expired-text = Nous n’avons pas pu envoyer votre lien de déverrouillage à temps et il ne fonctionne plus. Nous vous prions de nous en excuser. Veuillez en demander un autre.
mail-unlock-expired-button = M’envoyer un autre lien

## reset_link.rs

mail-reset-subject = Choisissez un nouveau mot de passe pour votre compte Mon Ontario
mail-reset-text = Ouvrez le lien ci-dessous pour choisir un nouveau mot de passe. Nous fermerons toutes vos sessions.
mail-reset-button = Choisir un nouveau mot de passe
mail-reset-expired-subject = Votre lien pour choisir un nouveau mot de passe a expiré : demandez-en un autre
mail-reset-expired-text = Nous n’avons pas pu envoyer à temps votre lien pour choisir un nouveau mot de passe et il ne fonctionne plus. Nous vous prions de nous en excuser. Veuillez en demander un autre.
mail-reset-expired-button = M’envoyer un autre lien

## partner_removal_link.rs

mail-partner-removal-subject = Retirez votre partenaire de connexion de votre compte Mon Ontario
mail-partner-removal-text = Pour retirer de votre compte tous les partenaires de connexion, comme votre banque, ouvrez le lien ci-dessous et confirmez votre choix. Vous pourrez toujours ouvrir une session avec votre adresse courriel et votre mot de passe.
mail-partner-removal-button = Retirer mon partenaire de connexion
mail-partner-removal-validity = Vous pouvez utiliser le lien une seule fois, pendant 30 minutes. Ne transférez ce courriel à personne.
mail-partner-removal-expired-subject = Votre lien pour retirer votre partenaire de connexion a expiré : demandez-en un autre
mail-partner-removal-expired-text = Nous n’avons pas pu envoyer à temps votre lien pour retirer votre partenaire de connexion et il ne fonctionne plus. Nous vous prions de nous en excuser. Veuillez en demander un autre.
mail-partner-removal-expired-button = M’envoyer un autre lien

## password_first.rs

mail-password-first-text = Vous nous avez demandé de retirer votre partenaire de connexion. Votre compte n’a pas de mot de passe : sans partenaire de connexion ni mot de passe, vous ne pourriez plus y ouvrir de session. Choisissez d’abord un mot de passe au moyen du lien ci-dessous. Ensuite, ouvrez une session et retirez le partenaire de connexion, ou faites de nouveau votre demande.

## disputed_reset.rs, disputed_unlock.rs

mail-disputed-subject = Votre compte est protégé : choisissez un nouveau mot de passe
mail-disputed-reset-text = Vous avez indiqué que ce n’était pas vous. Nous avons fermé toutes les sessions de votre compte et annulé son mot de passe. Ouvrez le lien ci-dessous pour en choisir un nouveau.
mail-disputed-unlock-text = Vous avez indiqué que ce n’était pas vous. Nous avons fermé toutes les sessions de votre compte et annulé son mot de passe. Votre compte est verrouillé. Ouvrez le lien ci-dessous pour le déverrouiller, puis choisissez « Mot de passe oublié » à la page d’ouverture de session.

## locked.rs

mail-locked-subject = Votre compte Mon Ontario est verrouillé
mail-locked-text = Il y a eu 5 tentatives infructueuses de suite d’ouverture de session dans votre compte. Pour le protéger, nous n’acceptons aucun mot de passe dans les navigateurs où vous n’avez jamais ouvert de session. Si les tentatives ont été faites dans un navigateur où vous avez déjà ouvert une session, nous n’acceptons de mot de passe dans aucun navigateur. Pour utiliser de nouveau votre mot de passe, déverrouillez votre compte au moyen du lien ci-dessous.

## unlocked.rs

mail-unlocked-subject = Votre compte Mon Ontario a été déverrouillé
mail-unlocked-text = Votre compte a été déverrouillé au moyen du lien que nous avons envoyé à cette adresse. Son mot de passe n’a pas changé.

## password_reset.rs

mail-password-reset-subject = Le mot de passe de votre compte Mon Ontario a été changé
mail-password-reset-text = Le mot de passe a été changé au moyen du lien que nous avons envoyé à cette adresse. Nous avons fermé toutes vos sessions.

## new_device.rs

mail-new-device-subject = Nouvelle ouverture de session dans votre compte Mon Ontario
mail-new-device-text = Quelqu’un a ouvert une session dans votre compte à partir d’un navigateur que nous ne reconnaissons pas. Si c’était vous, vous n’avez rien à faire.

## new_devices.rs

mail-new-devices-subject = Autres ouvertures de session dans votre compte Mon Ontario : { $count }
mail-new-devices-text = Nous vous avons signalé 5 ouvertures de session dans votre compte à partir de navigateurs que nous ne reconnaissons pas. Il y a eu d’autres ouvertures de session à partir de tels navigateurs ce jour-là : { $count }. Si vous avez fait toutes ces ouvertures de session, vous n’avez rien à faire. Sinon, choisissez « Ce n’était pas moi ». La première de ces autres ouvertures de session :

## code.rs

mail-code-subject = Votre code à usage unique pour le compte Mon Ontario
mail-code-for-service = Entrez ce code sur la page où vous l’avez demandé, pour continuer vers « { $service } ».
mail-code-for-change = Entrez ce code sur la page où vous l’avez demandé, pour confirmer votre identité.
mail-code-validity = Vous pouvez utiliser le code une seule fois, pendant 10 minutes, dans le navigateur où vous l’avez demandé. Si vous en demandez un autre, les deux fonctionneront jusqu’à ce que vous utilisiez l’un d’eux. Ne le communiquez à personne. Nous ne vous le demanderons jamais par téléphone ni par courriel.
mail-code-expired-subject = Votre code à usage unique a expiré : demandez-en un autre
mail-code-expired-text = Nous n’avons pas pu envoyer votre code à usage unique à temps et il ne fonctionne plus. Nous vous prions de nous en excuser. Retournez à la page où vous l’avez demandé et demandez-en un autre.
mail-code-expired-button = Aller au compte Mon Ontario

## address_code.rs

mail-address-code-text = Entrez ce code sur la page où vous l’avez demandé, pour créer un compte Mon Ontario dans lequel vous ouvrirez une session avec { $partner }.
mail-address-code-not-you = Si vous n’avez pas fait cette demande, ne tenez pas compte de ce courriel : quelqu’un a peut-être entré votre adresse par erreur. Aucun compte ne sera créé si le code n’est pas utilisé.

## partner_linked.rs

mail-partner-linked-subject = Un partenaire de connexion a été associé à votre compte Mon Ontario
mail-partner-linked-text = Nous avons associé { $partner } à votre compte. Vous pouvez maintenant ouvrir une session de cette façon. Votre partenaire de connexion ne saura pas quels services gouvernementaux vous utilisez.

## partner_unlinked.rs

mail-partner-unlinked-subject = Un partenaire de connexion a été retiré de votre compte Mon Ontario
mail-partner-unlinked-text = Nous avons retiré { $partner } de votre compte. Vous ne pouvez plus ouvrir de session de cette façon.

## authenticator_added.rs, authenticator_removed.rs

mail-authenticator-added-subject = Une application d’authentification a été ajoutée à votre compte Mon Ontario
mail-authenticator-added-text = Une application d’authentification a été ajoutée à votre compte. Vous pouvez maintenant utiliser ses codes pour confirmer votre identité. Ouvrez une session pour voir son nom dans la liste de vos applications d’authentification.
mail-authenticator-counts-from = Elle a été ajoutée sans le code d’une autre application d’authentification. Par mesure de sécurité, les services qui exigent une application l’accepteront à compter du { $time }.
mail-authenticator-removed-subject = Une application d’authentification a été retirée de votre compte Mon Ontario
mail-authenticator-removed-text = Une application d’authentification a été retirée de votre compte. Ses codes ne fonctionnent plus. Ouvrez une session pour voir les applications d’authentification qui restent.

## verification_paused.rs

mail-verification-paused-subject = Trop de codes incorrects pour votre compte Mon Ontario
mail-verification-paused-text = Dix codes à usage unique incorrects ont été entrés de suite. Pour protéger votre compte, nous n’accepterons aucun code avant le { $time }. La personne qui les a entrés avait déjà ouvert une session dans votre compte. Si ce n’était pas vous, choisissez « Ce n’était pas moi ».

## service_disconnected.rs

mail-service-disconnected-subject = Le service « { $service } » a été déconnecté de votre compte
mail-service-disconnected-text = Ce service gouvernemental ne reçoit plus de renseignements de votre compte. Si vous y ouvrez une nouvelle session, il sera connecté de nouveau.

## email_change_link.rs

mail-email-change-subject = Confirmez votre nouvelle adresse courriel pour votre compte Mon Ontario
mail-email-change-text = Quelqu’un a demandé d’associer cette adresse courriel à son compte Mon Ontario. Si c’était vous, ouvrez le lien ci-dessous et confirmez. Vous devrez peut-être d’abord ouvrir une session, avec l’adresse courriel et le mot de passe que vous utilisez maintenant. Ensuite, vous ouvrirez une session avec cette adresse.
mail-email-change-button = Confirmer ma nouvelle adresse
mail-email-change-expired-subject = Votre lien pour confirmer votre nouvelle adresse courriel a expiré : demandez-en un autre
mail-email-change-expired-text = Nous n’avons pas pu envoyer à temps votre lien pour confirmer votre nouvelle adresse courriel et il ne fonctionne plus. Nous vous prions de nous en excuser. Veuillez en demander un autre.
mail-email-change-expired-button = Changer mon adresse courriel

## email_unavailable.rs

mail-email-unavailable-subject = Un autre compte Mon Ontario ne peut pas utiliser cette adresse courriel
mail-email-unavailable-text = Quelqu’un a demandé d’associer cette adresse courriel à son compte Mon Ontario. Ce n’est pas possible : un compte est associé à cette adresse, ou l’était au cours des 10 derniers jours. Rien n’a changé.
mail-email-unavailable-next = Si c’était vous, vous avez peut-être déjà un compte associé à cette adresse. Essayez d’y ouvrir une session.
mail-email-unavailable-not-you = Si ce n’était pas vous, ne tenez pas compte de ce courriel : quelqu’un a entré votre adresse.

## email_changed.rs

mail-email-changed-subject = L’adresse courriel de votre compte Mon Ontario a été changée
mail-email-changed-text = Votre compte est associé à une nouvelle adresse courriel et vous ne pouvez plus ouvrir de session avec celle-ci.
mail-email-changed-undo = Pendant 10 jours, personne d’autre ne pourra utiliser cette adresse pour un compte, et « Ce n’était pas moi » associera de nouveau votre compte à cette adresse.

## email_confirmed.rs

mail-email-confirmed-subject = Votre compte Mon Ontario est maintenant associé à cette adresse courriel
mail-email-confirmed-text = Dorénavant, ouvrez une session avec cette adresse courriel. Votre mot de passe reste le même. Nous enverrons tous les courriels au sujet de votre compte à cette adresse.
mail-email-confirmed-app = Si vous utilisez une application d’authentification, elle continuera de fonctionner. Votre ancienne adresse y figure encore : vous pouvez renommer l’entrée dans l’application.
mail-email-confirmed-undo = Nous avons envoyé un avis à votre ancienne adresse. Cet avis permet d’annuler le changement pendant 10 jours.

## email_change_undone.rs

mail-email-undone-subject = Votre compte Mon Ontario n’est plus associé à cette adresse courriel
mail-email-undone-text = Quelqu’un a choisi « Ce n’était pas moi » dans un courriel envoyé à une ancienne adresse de votre compte. Votre compte est de nouveau associé à cette ancienne adresse et vous ne pouvez plus ouvrir de session avec celle-ci.
mail-email-undone-free = Vous pouvez utiliser cette adresse pour un autre compte.

## contact.rs

mail-contact-subject = Contactez-nous : { $topic }
mail-contact-text = Quelqu’un nous a envoyé un message au moyen du formulaire « Contactez-nous ».
mail-contact-topic = Sujet : { $topic }
mail-contact-from = Adresse de la personne, telle qu’elle a été entrée dans le formulaire : { $address }
mail-contact-not-signed-in = La personne n’avait pas ouvert de session. Nous n’avons pas vérifié à qui appartient l’adresse.
mail-contact-signed-in = La personne avait ouvert une session dans le compte associé à cette adresse.
mail-contact-signed-in-elsewhere = La personne avait ouvert une session dans le compte associé à une autre adresse (identifiant du compte : { $account }). Nous n’avons pas vérifié à qui appartient celle-ci.
mail-contact-language = Langue : français
mail-contact-country = Pays : { $country }
mail-unknown-country = inconnu
mail-contact-reply-nobody = Ne répondez pas à ce courriel. Pour répondre, écrivez à l’adresse de la personne.
mail-contact-reply-sender = Si vous répondez à ce courriel, la réponse ira à l’adresse de la personne.
mail-contact-reply-address = Si vous répondez à ce courriel, la réponse ira à { $address }, et non à la personne.
mail-topic-signing-in = Ouverture de session
mail-topic-registration = Inscription et activation
mail-topic-emails = Courriels qui n’arrivent pas
mail-topic-verification = Vérification : codes et applications
mail-topic-partner = Retirer mon partenaire de connexion
mail-topic-services = Mes services connectés
mail-topic-accessibility = Accessibilité
mail-topic-other = Autre sujet

## password_changed.rs

mail-password-changed-subject = Le mot de passe de votre compte Mon Ontario a été changé
mail-password-changed-text = Le mot de passe a été changé dans les paramètres de votre compte. Toutes vos autres sessions ont été fermées, et les services qui avaient accès à votre compte en votre absence devront vous redemander cet accès.
mail-password-first-set-subject = Votre compte Mon Ontario a maintenant un mot de passe
mail-password-first-set-text = Un mot de passe a été défini dans les paramètres de votre compte. Vous pouvez maintenant ouvrir une session avec votre adresse courriel et ce mot de passe. Toutes vos autres sessions ont été fermées.

## activity_reported.rs

mail-activity-reported-subject = Protégez votre compte Mon Ontario
mail-activity-reported-text = Une personne qui a ouvert une session dans votre compte nous a dit ne pas reconnaître l’activité qui a eu lieu à la date et dans le navigateur ci-dessous. Si vous ne la reconnaissez pas non plus, utilisez le bouton « Ce n’était pas moi ». Il permet aussi de retirer les applications d’authentification et les partenaires de connexion ajoutés depuis. Si tout va bien, ne tenez pas compte de ce courriel.

## data_downloaded.rs

mail-data-downloaded-subject = Les données de votre compte Mon Ontario ont été téléchargées
mail-data-downloaded-text = Une copie des données que nous conservons sur votre compte a été téléchargée à partir des paramètres de votre compte.

mail-account-closed-subject = Votre compte Mon Ontario a été fermé
mail-account-closed-text = Vous avez fermé votre compte. Nous avons fermé toutes vos sessions, et nous ne donnerons plus votre adresse courriel à aucun service.
mail-account-closed-until = Nous supprimerons votre compte et tout ce qui y est associé le { $time }. Pour garder votre compte, ouvrez une session d’ici là.

mail-account-reopened-subject = Votre compte Mon Ontario est rouvert
mail-account-reopened-text = Une session a été ouverte dans le compte que vous aviez fermé. Votre compte est rouvert et nous ne le supprimerons pas. Vous pourrez le fermer de nouveau dans les « Paramètres ».
