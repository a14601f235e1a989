## All emails
mail-product = Compte Mon Ontario
mail-government = Gouvernement de l’Ontario
mail-labelled = { $label } : { $value }
mail-date = Date
mail-browser = Navigateur
mail-by = Par
mail-country = Pays
mail-help = Besoin d’aide? Écrivez à { $address }.
mail-help-link = À quoi sert votre adresse courriel
mail-no-reply = Nous ne lisons pas les réponses à ce courriel.
mail-reason-account = Nous vous avons envoyé ce courriel parce que votre compte Mon Ontario est associé à cette adresse.
mail-reason-former-address = Nous vous avons envoyé ce courriel parce que votre compte Mon Ontario était associé à cette adresse.
mail-reason-entered = Nous vous avons envoyé ce courriel parce que quelqu’un a entré cette adresse dans le site du compte Mon Ontario.
mail-choose-language = Pour recevoir nos courriels en français, ouvrez une session et choisissez le français dans les « Paramètres ».
mail-copyright = © Imprimeur du Roi pour l’Ontario, { $year }
mail-unknown-browser = un navigateur inconnu
mail-browser-unknown = inconnu
mail-copy-links = Si un bouton ne fonctionne pas, copiez son adresse dans votre navigateur :
mail-sign-in-button = Ouvrir une session

## Links on request
mail-link-kept = Vous pouvez utiliser le lien une seule fois, jusqu’au { $time }. D’ici là, nous ne pouvons pas en envoyer d’autre à cette adresse. Ne transférez ce courriel à personne.
mail-link-kept-preheader = Vous pouvez utiliser le lien de ce courriel une seule fois, jusqu’au { $time }.
mail-link-validity = Vous pouvez utiliser le lien une seule fois, pendant 30 minutes. Ne transférez ce courriel à personne.
mail-request-not-you = Si vous n’avez pas fait cette demande, ne tenez pas compte de ce courriel : quelqu’un a peut-être entré votre adresse par erreur. Rien ne changera tant que le lien n’est pas utilisé.
mail-link-expired-preheader = Le lien ne fonctionne plus. Ouvrez ce courriel pour en demander un autre.
mail-link-expired-text = Nous vous prions de nous en excuser. Veuillez demander un autre lien.
mail-link-expired-button = M’envoyer un autre lien

## Security events
mail-dispute-caption = Si ce n’était pas vous
mail-dispute-button = Ce n’était pas moi
mail-dispute-note = Choisissez « Ce n’était pas moi » et confirmez. Nous fermerons toutes les sessions de votre compte et annulerons son mot de passe. Nous retirerons aussi les applications d’authentification, les codes de récupération et les partenaires de connexion ajoutés à ce moment ou par la suite, et vous enverrons un courriel pour choisir un nouveau mot de passe. Vous pouvez utiliser le lien « Ce n’était pas moi » une seule fois, pendant 10 jours.
mail-dispute-note-until = Choisissez « Ce n’était pas moi » et confirmez. Nous fermerons toutes les sessions de votre compte et annulerons son mot de passe. Nous retirerons aussi les applications d’authentification, les codes de récupération et les partenaires de connexion ajoutés à ce moment ou par la suite, et vous enverrons un courriel pour choisir un nouveau mot de passe. Vous pouvez utiliser le lien « Ce n’était pas moi » une seule fois, jusqu’au { $time }.

## activation_links.rs
mail-activation-subject = Activez votre compte Mon Ontario
mail-activation-preheader = Ouvrez le lien dans les 30 minutes pour confirmer votre adresse courriel et terminer votre inscription.
mail-activation-lead = Pour terminer votre inscription, confirmez que cette adresse courriel est la vôtre.
mail-activation-lead-several = Votre adresse courriel a servi à plusieurs inscriptions : choisissez celle que vous avez faite.
mail-activation-button = Activer mon compte
mail-activation-text-several = Le mot de passe que vous avez choisi au moment de cette inscription deviendra celui de votre compte.
mail-activation-registered = Inscription faite le { $time } avec { $device }
mail-activation-kept = Vous pouvez utiliser le lien une seule fois, jusqu’au { $time }, mais au plus tard 24 heures après votre inscription. D’ici là, nous ne pouvons pas envoyer d’autre lien à cette adresse. Ne transférez ce courriel à personne.
mail-activation-validity = Vous pouvez utiliser le lien une seule fois, pendant 30 minutes. Ne transférez ce courriel à personne.
mail-activation-kept-several = Vous pouvez utiliser chaque lien une seule fois, jusqu’au { $time }, mais au plus tard 24 heures après l’inscription. D’ici là, nous ne pouvons pas envoyer d’autre lien à cette adresse. Ne transférez ce courriel à personne.
mail-activation-validity-several = Vous pouvez utiliser chaque lien une seule fois, pendant 30 minutes. Ne transférez ce courriel à personne.
mail-activation-again = Vous pouvez demander un autre lien dans les 24 heures suivant votre inscription. Ensuite, inscrivez-vous de nouveau.
mail-activation-not-you = Si vous n’avez pas fait cette inscription, ne tenez pas compte de ce courriel : aucun compte ne sera créé si le lien n’est pas utilisé.
mail-activation-expired-subject = Votre lien d’activation a expiré : demandez-en un autre
mail-activation-expired-preheader = Vous pouvez demander un autre lien dans les 24 heures suivant votre inscription.
mail-activation-expired-lead = Nous n’avons pas pu envoyer votre lien d’activation à temps et il ne fonctionne plus.
mail-activation-expired-text = Nous vous prions de nous en excuser. Vous pouvez demander un autre lien dans les 24 heures suivant votre inscription. Ensuite, inscrivez-vous de nouveau.

## already_active.rs
mail-already-active-subject = Vous pouvez ouvrir une session dans votre compte Mon Ontario
mail-already-active-preheader = Votre compte est actif et n’est pas verrouillé : le lien demandé n’est pas nécessaire.
mail-already-active-lead = Vous n’avez pas besoin d’un lien pour activer ou déverrouiller votre compte.
mail-already-active-text = Quelqu’un a demandé un tel lien pour le compte associé à cette adresse courriel. Votre compte est actif et n’est pas verrouillé. Vous pouvez ouvrir une session avec cette adresse et votre mot de passe.
mail-already-active-reset = Si vous ne vous souvenez pas de votre mot de passe, choisissez « Mot de passe oublié » à la page d’ouverture de session.
mail-already-active-not-you = Si vous n’avez pas fait cette demande, ne tenez pas compte de ce courriel : quelqu’un a peut-être entré votre adresse par erreur.

## unlock_first.rs
mail-unlock-first-subject = Votre compte Mon Ontario est verrouillé : déverrouillez-le d’abord
mail-unlock-first-preheader = Ouvrez le lien dans les 30 minutes, puis demandez de nouveau à réinitialiser votre mot de passe.
mail-unlock-first-lead = Vous devez déverrouiller votre compte avant de pouvoir changer votre mot de passe.
mail-unlock-first-text = Votre compte est verrouillé, car 5 tentatives consécutives d’ouverture de session ont échoué. Après l’avoir déverrouillé, ouvrez une session ou demandez de nouveau à réinitialiser votre mot de passe.

## unlock_link.rs
mail-unlock-subject = Déverrouillez votre compte Mon Ontario
mail-unlock-preheader = Ouvrez le lien dans les 30 minutes pour le déverrouiller. Votre mot de passe ne changera pas.
mail-unlock-lead = Confirmez que vous voulez déverrouiller votre compte.
mail-unlock-text = Vous pourrez ensuite ouvrir une session. Votre mot de passe ne changera pas.
mail-unlock-button = Déverrouiller mon compte
mail-unlock-expired-subject = Votre lien de déverrouillage a expiré : demandez-en un autre
mail-unlock-expired-lead = Nous n’avons pas pu envoyer votre lien de déverrouillage à temps et il ne fonctionne plus.

## reset_link.rs
mail-reset-subject = Choisissez un nouveau mot de passe pour votre compte Mon Ontario
mail-reset-preheader = Ouvrez le lien dans les 30 minutes. Nous fermerons vos sessions quand vous aurez fait votre choix.
mail-reset-lead = Ce lien vous permet de choisir un nouveau mot de passe.
mail-reset-text = Quand vous choisirez un nouveau mot de passe, nous fermerons toutes vos sessions.
mail-reset-button = Choisir un nouveau mot de passe
mail-reset-expired-subject = Votre lien pour choisir un nouveau mot de passe a expiré : demandez-en un autre
mail-reset-expired-lead = Nous n’avons pas pu envoyer à temps votre lien pour choisir un nouveau mot de passe et il ne fonctionne plus.

## partner_removal_link.rs
mail-partner-removal-subject = Retirez votre partenaire de connexion de votre compte Mon Ontario
mail-partner-removal-preheader = Ouvrez le lien dans les 30 minutes pour retirer tous les partenaires de connexion, comme votre banque.
mail-partner-removal-lead = Confirmez que vous voulez retirer de votre compte tous les partenaires de connexion, comme votre banque.
mail-partner-removal-text = Vous pourrez toujours ouvrir une session avec votre adresse courriel et votre mot de passe.
mail-partner-removal-button = Retirer mon partenaire de connexion
mail-partner-removal-expired-subject = Votre lien pour retirer votre partenaire de connexion a expiré : demandez-en un autre
mail-partner-removal-expired-lead = Nous n’avons pas pu envoyer à temps votre lien pour retirer votre partenaire de connexion et il ne fonctionne plus.

## password_first.rs
mail-password-first-subject = Choisissez un mot de passe pour votre compte Mon Ontario
mail-password-first-preheader = Ouvrez le lien dans les 30 minutes. Vous pourrez ensuite retirer votre partenaire de connexion.
mail-password-first-lead = Votre compte n’a pas de mot de passe : choisissez-en un avant de retirer votre partenaire de connexion.
mail-password-first-button = Choisir un mot de passe
mail-password-first-expired-subject = Votre lien pour choisir un mot de passe a expiré : demandez-en un autre
mail-password-first-expired-lead = Nous n’avons pas pu envoyer à temps votre lien pour choisir un mot de passe et il ne fonctionne plus.

## password_first.rs
mail-password-first-text = Vous nous avez demandé de retirer votre partenaire de connexion. Sans partenaire de connexion ni mot de passe, vous ne pourriez plus ouvrir de session. Après avoir choisi un mot de passe, ouvrez une session et retirez le partenaire de connexion, ou faites de nouveau votre demande.

## disputed_reset.rs, disputed_unlock.rs
mail-disputed-subject = Votre compte Mon Ontario est protégé : choisissez un nouveau mot de passe
mail-disputed-reset-preheader = Ouvrez le lien dans les 30 minutes. L’ancien mot de passe ne fonctionne plus.
mail-disputed-reset-lead = Vous avez indiqué que ce n’était pas vous : nous avons protégé votre compte.
mail-disputed-reset-text = Nous avons fermé toutes les sessions de votre compte et annulé son mot de passe. Il vous en faut un nouveau pour ouvrir une session.
mail-disputed-unlock-preheader = Votre compte est verrouillé. Ouvrez le lien dans les 30 minutes, puis choisissez un mot de passe.
mail-disputed-unlock-lead = Votre compte est verrouillé : déverrouillez-le avant de choisir un nouveau mot de passe.
mail-disputed-unlock-text = Vous avez indiqué que ce n’était pas vous. Nous avons fermé toutes les sessions de votre compte et annulé son mot de passe. Après l’avoir déverrouillé, choisissez « Mot de passe oublié » à la page d’ouverture de session.

## locked.rs
mail-locked-subject = Votre compte Mon Ontario est verrouillé
mail-locked-preheader = Nous avons compté 5 tentatives infructueuses. Ouvrez le lien dans les 30 minutes pour déverrouiller votre compte.
mail-locked-lead = Pour protéger votre compte, nous l’avons verrouillé, car 5 tentatives consécutives d’ouverture de session ont échoué.
mail-locked-text = Nous n’acceptons aucun mot de passe dans les navigateurs où vous n’avez jamais ouvert de session. Si les tentatives ont été faites dans un navigateur où vous avez déjà ouvert une session, nous n’acceptons de mot de passe dans aucun navigateur.
mail-locked-unlock = Pour utiliser de nouveau votre mot de passe, déverrouillez votre compte. Votre mot de passe ne changera pas.

## support_action.rs
mail-support-unlocked-preheader = Le soutien de compte Mon Ontario l’a déverrouillé. Le mot de passe n’a pas changé.
mail-support-unlocked-lead = Le soutien de compte Mon Ontario a déverrouillé votre compte.
mail-support-signed-out-subject = Toutes les sessions de votre compte Mon Ontario ont été fermées
mail-support-signed-out-preheader = Le soutien de compte Mon Ontario a fermé vos sessions. Votre mot de passe n’a pas changé.
mail-support-signed-out-lead = Le soutien de compte Mon Ontario a fermé toutes vos sessions. Vous pouvez en ouvrir une nouvelle.
mail-support-reinstated-subject = Vous pouvez de nouveau utiliser votre compte Mon Ontario
mail-support-reinstated-preheader = Le soutien de compte Mon Ontario a mis fin à la suspension. Votre mot de passe n’a pas changé.
mail-support-reinstated-lead = Le soutien de compte Mon Ontario a mis fin à la suspension de votre compte. Vous pouvez de nouveau ouvrir une session.

## account_suspended.rs, suspension_reminder.rs
mail-contact-button = Contactez-nous
mail-suspended-subject = Votre compte Mon Ontario est suspendu
mail-suspended-preheader = Vous ne pouvez pas ouvrir de session pour le moment. Communiquez avec nous pour savoir pourquoi et quoi faire.
mail-suspended-lead = Le soutien de compte Mon Ontario a suspendu votre compte, et vous ne pourrez pas ouvrir de session avant la fin de la suspension.
mail-suspended-text = Nous avons fermé toutes vos sessions. Les services ne peuvent plus obtenir votre adresse courriel de nous, et les liens que nous vous avons envoyés ne fonctionnent pas.
mail-suspended-appeal = Si vous ne savez pas pourquoi votre compte est suspendu ou si vous pensez qu’il s’agit d’une erreur, communiquez avec nous. Nous vous demanderons de prouver votre identité avant de mettre fin à la suspension.
mail-suspended-deleted = Vous aviez fermé ce compte. Nous le supprimerons comme prévu le { $time }.
mail-suspension-reminder-subject = Votre compte Mon Ontario est suspendu : nous ne pouvons pas vous envoyer de lien
mail-suspension-reminder-preheader = Aucun lien ne fonctionnera avant la fin de la suspension. Communiquez avec nous pour savoir quoi faire.
mail-suspension-reminder-lead = Votre compte est suspendu : vous ne pouvez pas ouvrir de session, et aucun lien ne fonctionne.
mail-suspension-reminder-text = Quelqu’un nous a demandé un lien pour le compte associé à cette adresse courriel. Le soutien de compte Mon Ontario a suspendu ce compte le { $time }.
mail-suspension-reminder-not-you = Si vous n’avez pas fait cette demande, ne tenez pas compte de ce courriel : quelqu’un a peut-être entré votre adresse par erreur.

## reset_required.rs
mail-reset-required-subject = Il faut un nouveau mot de passe pour votre compte Mon Ontario
mail-reset-required-lead = Le soutien de compte Mon Ontario a annulé votre mot de passe pour protéger votre compte.

## unlocked.rs
mail-unlocked-subject = Votre compte Mon Ontario a été déverrouillé
mail-unlocked-preheader = Quelqu’un a utilisé le lien envoyé à cette adresse. Le mot de passe n’a pas changé.
mail-unlocked-lead = Votre compte a été déverrouillé au moyen du lien que nous avons envoyé à cette adresse.
mail-unlocked-text = Le mot de passe de votre compte n’a pas changé.

## password_reset.rs
mail-password-reset-subject = Le mot de passe de votre compte Mon Ontario a été changé
mail-password-reset-preheader = Quelqu’un a utilisé le lien envoyé à cette adresse. Nous avons fermé toutes vos sessions.
mail-password-reset-lead = Le mot de passe a été changé au moyen du lien que nous avons envoyé à cette adresse.
mail-password-reset-text = Nous avons fermé toutes vos sessions.

## new_device.rs
mail-new-device-subject = Nouvelle ouverture de session dans votre compte Mon Ontario
mail-new-device-preheader = Quelqu’un a ouvert une session le { $time } avec { $device }. Était-ce vous?
mail-new-device-lead = Quelqu’un a ouvert une session dans votre compte à partir d’un navigateur que nous ne reconnaissons pas.
mail-new-device-text = Si c’était vous, vous n’avez rien à faire.

## new_devices.rs
mail-new-devices-subject = Autres ouvertures de session dans votre compte Mon Ontario : { $count }
mail-new-devices-preheader = Nous ne reconnaissons pas les navigateurs utilisés. Vérifiez que c’était bien vous.
mail-new-devices-lead = Nous vous avons signalé 5 ouvertures de session à partir de navigateurs que nous ne reconnaissons pas, et il y en a eu d’autres ce jour-là.
mail-new-devices-first = La première des autres ouvertures de session :
mail-new-devices-text = Nombre d’autres ouvertures de session : { $count }. Si vous les avez toutes faites, vous n’avez rien à faire.

## code.rs
mail-code-subject = Votre code à usage unique pour le compte Mon Ontario
mail-code-preheader = { $code } est votre code à usage unique. Il expire 10 minutes après votre demande.
mail-code-for-service = Entrez ce code sur la page où vous l’avez demandé, pour continuer vers « { $service } ».
mail-code-for-change = Entrez ce code sur la page où vous l’avez demandé, pour confirmer votre identité.
mail-code-validity = Vous pouvez utiliser le code une seule fois, pendant 10 minutes, dans le navigateur où vous l’avez demandé. Ne le communiquez à personne. Nous ne vous le demanderons jamais par téléphone ni par courriel.
mail-code-several = Si vous demandez un autre code, les deux fonctionneront jusqu’à ce que vous utilisiez l’un d’eux.
mail-code-expired-subject = Votre code à usage unique a expiré : demandez-en un autre
mail-code-expired-preheader = Retournez à la page où vous avez demandé le code et demandez-en un autre.
mail-code-expired-lead = Nous n’avons pas pu envoyer votre code à usage unique à temps et il ne fonctionne plus.
mail-code-expired-text = Nous vous prions de nous en excuser. Retournez à la page où vous avez demandé le code et demandez-en un autre.
mail-code-expired-button = Aller au compte Mon Ontario

## address_code.rs
mail-address-code-lead = Entrez ce code sur la page où vous l’avez demandé, pour créer un compte Mon Ontario dans lequel vous ouvrirez une session avec { $partner }.
mail-address-code-not-you = Si vous n’avez pas fait cette demande, ne tenez pas compte de ce courriel : quelqu’un a peut-être entré votre adresse par erreur. Aucun compte ne sera créé si le code n’est pas utilisé.

## partner_linked.rs
mail-partner-linked-subject = Un partenaire de connexion a été associé à votre compte Mon Ontario
mail-partner-linked-preheader = Nous avons associé { $partner } à votre compte. Vous pouvez maintenant ouvrir une session de cette façon.
mail-partner-linked-lead = Nous avons associé { $partner } à votre compte.
mail-partner-linked-text = Vous pouvez maintenant ouvrir une session de cette façon. Votre partenaire de connexion ne saura pas quels services gouvernementaux vous utilisez.

## partner_unlinked.rs
mail-partner-unlinked-subject = Un partenaire de connexion a été retiré de votre compte Mon Ontario
mail-partner-unlinked-preheader = Nous avons retiré { $partner } de votre compte. Vous ne pouvez plus ouvrir de session de cette façon.
mail-partner-unlinked-lead = Vous ne pouvez plus utiliser { $partner } pour ouvrir une session dans votre compte.

## authenticator_added.rs, authenticator_removed.rs
mail-authenticator-added-subject = Une application d’authentification a été ajoutée à votre compte Mon Ontario
mail-authenticator-added-preheader = Vous pouvez maintenant utiliser ses codes. Si vous ne l’avez pas ajoutée, dites-le-nous.
mail-authenticator-added-lead = Vous pouvez maintenant utiliser les codes de cette application pour confirmer votre identité.
mail-authenticator-added-text = Ouvrez une session pour voir son nom dans la liste de vos applications d’authentification.
mail-authenticator-counts-from = Elle a été ajoutée sans le code d’une autre application d’authentification. Par mesure de sécurité, les services qui exigent une application l’accepteront à compter du { $time }.
mail-authenticator-removed-subject = Une application d’authentification a été retirée de votre compte Mon Ontario
mail-authenticator-removed-preheader = Ses codes ne fonctionnent plus. Si vous ne l’avez pas retirée, dites-le-nous.
mail-authenticator-removed-lead = Les codes de cette application ne fonctionnent plus.
mail-authenticator-removed-text = Ouvrez une session pour voir les applications d’authentification qui restent.

## recovery_codes_made.rs, recovery_codes_removed.rs, recovery_code_used.rs
mail-recovery-codes-made-subject = Des codes de récupération ont été créés pour votre compte Mon Ontario
mail-recovery-codes-made-preheader = Chacun des 10 codes peut servir une fois. Si vous ne les avez pas créés, dites-le-nous.
mail-recovery-codes-made-lead = 10 codes de récupération ont été créés pour votre compte. Chacun peut servir une fois à confirmer votre identité.
mail-recovery-codes-made-text = Conservez-les dans un endroit sûr, loin de votre téléphone. Nous ne pourrons plus les afficher. Vous pouvez en créer de nouveaux en tout temps.
mail-recovery-codes-renewed-subject = De nouveaux codes de récupération ont été créés pour votre compte Mon Ontario
mail-recovery-codes-renewed-preheader = Les anciens codes ne fonctionnent plus. Si vous n’avez pas créé les nouveaux, dites-le-nous.
mail-recovery-codes-renewed-lead = 10 nouveaux codes de récupération ont été créés pour votre compte. Les anciens codes ne fonctionnent plus.
mail-recovery-codes-counts-from = Ils ont été créés sans le code d’une application d’authentification et sans un code de récupération antérieur. Par mesure de sécurité, les services qui exigent une application d’authentification ou un code de récupération les accepteront à compter du { $time }.
mail-recovery-codes-removed-subject = Les codes de récupération de votre compte Mon Ontario ont été retirés
mail-recovery-codes-removed-preheader = Ils ne fonctionnent plus. Si vous ne les avez pas retirés, dites-le-nous.
mail-recovery-codes-removed-lead = Vos codes de récupération ne fonctionnent plus. Vous pouvez les jeter.
mail-recovery-codes-removed-text = Vous pouvez en créer de nouveaux à la page « Méthodes de vérification ».
mail-recovery-code-used-subject = Un code de récupération de votre compte Mon Ontario a été utilisé
mail-recovery-code-used-few-subject = Un code de récupération a été utilisé : il en reste seulement { $count }
mail-recovery-code-used-last-subject = Votre dernier code de récupération a été utilisé
mail-recovery-code-used-preheader = Codes de récupération restants : { $count }. Si vous n’en avez pas utilisé, dites-le-nous.
mail-recovery-code-used-lead = Un de vos codes de récupération a servi à confirmer votre identité. Codes de récupération restants : { $count }.
mail-recovery-code-used-text = Chaque code fonctionne une seule fois. Rayez celui que vous avez utilisé.
mail-recovery-code-used-few = Il vous reste peu de codes de récupération. Ouvrez une session et créez-en de nouveaux à la page « Méthodes de vérification ». Les anciens codes ne fonctionneront alors plus.
mail-recovery-code-used-none = Il ne vous reste aucun code de récupération. Ouvrez une session et créez-en de nouveaux à la page « Méthodes de vérification ».

## email_code_switched.rs
mail-email-code-off-subject = Les codes par courriel ont été désactivés pour votre compte Mon Ontario
mail-email-code-off-preheader = Vous confirmerez votre identité d’une autre façon. Si vous n’avez pas désactivé ces codes, dites-le-nous.
mail-email-code-off-lead = Nous ne vous enverrons plus de codes par courriel pour confirmer votre identité. Utilisez plutôt votre application d’authentification ou un code de récupération.
mail-email-code-off-text = Vous pouvez réactiver les codes par courriel à la page « Méthodes de vérification ». Nous les réactivons s’il ne vous reste aucune application d’authentification ou aucun code de récupération.
mail-email-code-on-subject = Les codes par courriel ont été réactivés pour votre compte Mon Ontario
mail-email-code-on-preheader = Vous pouvez de nouveau confirmer votre identité avec un code par courriel. Si ce n’est pas voulu, dites-le-nous.
mail-email-code-on-lead = Vous pouvez de nouveau confirmer votre identité avec les codes que nous vous envoyons par courriel.
mail-email-code-on-text = Nous les réactivons à votre demande, ou s’il ne vous reste aucune application d’authentification ou aucun code de récupération.

## verification_paused.rs
mail-verification-paused-subject = Trop de codes incorrects pour votre compte Mon Ontario
mail-verification-paused-preheader = Pour protéger votre compte, nous n’accepterons aucun code avant le { $time }.
mail-verification-paused-lead = Pour protéger votre compte, nous n’accepterons aucun code avant le { $time }.
mail-verification-paused-text = Nous avons reçu 10 codes à usage unique incorrects de suite. La personne qui les a entrés avait déjà ouvert une session dans votre compte. Si ce n’était pas vous, choisissez « Ce n’était pas moi ».

## service_disconnected.rs
mail-service-disconnected-subject = Le service « { $service } » a été déconnecté de votre compte
mail-service-disconnected-preheader = Ce service ne recevra rien de votre compte tant que vous n’y ouvrirez pas de nouvelle session.
mail-service-disconnected-lead = Ce service gouvernemental ne reçoit plus de renseignements de votre compte.
mail-service-disconnected-text = Si vous y ouvrez une nouvelle session, il sera connecté de nouveau.

## email_change_link.rs
mail-email-change-subject = Confirmez votre nouvelle adresse courriel pour votre compte Mon Ontario
mail-email-change-preheader = Ouvrez le lien dans les 30 minutes pour associer cette adresse à votre compte.
mail-email-change-lead = Quelqu’un a demandé d’associer cette adresse courriel à son compte Mon Ontario.
mail-email-change-text = Si c’était vous, ouvrez le lien et confirmez. Vous devrez peut-être d’abord ouvrir une session, avec l’adresse courriel et le mot de passe que vous utilisez maintenant. Ensuite, vous ouvrirez une session avec la nouvelle adresse, celle où vous recevez ce courriel.
mail-email-change-button = Confirmer ma nouvelle adresse
mail-email-change-expired-subject = Votre lien pour confirmer votre nouvelle adresse courriel a expiré : demandez-en un autre
mail-email-change-expired-lead = Nous n’avons pas pu envoyer à temps votre lien pour confirmer votre nouvelle adresse courriel et il ne fonctionne plus.
mail-email-change-expired-button = Changer mon adresse courriel

## email_unavailable.rs
mail-email-unavailable-subject = Un autre compte Mon Ontario ne peut pas utiliser cette adresse courriel
mail-email-unavailable-preheader = Un compte est associé à cette adresse, ou l’était au cours des 10 derniers jours. Rien n’a changé.
mail-email-unavailable-lead = Un compte est associé à cette adresse, ou l’était au cours des 10 derniers jours.
mail-email-unavailable-text = Quelqu’un a demandé d’associer cette adresse courriel à son compte Mon Ontario. Ce n’est pas possible. Rien n’a changé.
mail-email-unavailable-next = Si c’était vous, vous avez peut-être déjà un compte associé à cette adresse. Essayez d’y ouvrir une session.
mail-email-unavailable-not-you = Si ce n’était pas vous, ne tenez pas compte de ce courriel : quelqu’un a entré votre adresse.

## email_changed.rs
mail-email-changed-subject = L’adresse courriel de votre compte Mon Ontario a été changée
mail-email-changed-preheader = Vous ne pouvez plus ouvrir de session avec cette adresse. Vous avez 10 jours pour annuler le changement.
mail-email-changed-lead = Votre compte est associé à une nouvelle adresse courriel et vous ne pouvez plus ouvrir de session avec l’adresse où vous recevez ce courriel.
mail-email-changed-dispute = « Ce n’était pas moi » associera de nouveau votre compte à cette adresse. Pendant 10 jours, personne d’autre ne pourra l’utiliser pour un compte.

## email_confirmed.rs
mail-email-confirmed-subject = Votre compte Mon Ontario est maintenant associé à cette adresse courriel
mail-email-confirmed-preheader = Dorénavant, ouvrez une session avec cette adresse. Votre mot de passe reste le même.
mail-email-confirmed-lead = Dorénavant, ouvrez une session avec cette adresse courriel.
mail-email-confirmed-text = Votre mot de passe reste le même. Nous enverrons tous les courriels au sujet de votre compte à cette adresse.
mail-email-confirmed-app = Si vous utilisez une application d’authentification, elle continuera de fonctionner. Votre ancienne adresse y figure encore : vous pouvez renommer l’entrée dans l’application.
mail-email-confirmed-undo = Nous avons envoyé un avis à votre ancienne adresse. Cet avis permet d’annuler le changement pendant 10 jours.

## email_change_reminder.rs
mail-email-reminder-preheader = Vous pouvez annuler le changement jusqu’au { $time }.
mail-email-reminder-lead = Votre compte est associé à une nouvelle adresse courriel depuis le { $time } et vous ne pouvez plus ouvrir de session avec l’adresse où vous recevez ce courriel.
mail-email-reminder-text = Quelqu’un nous a demandé un lien pour cette adresse courriel. Si vous l’avez changée vous-même, ouvrez une session avec la nouvelle.
mail-email-reminder-dispute = « Ce n’était pas moi » associera de nouveau votre compte à cette adresse.

## email_change_undone.rs
mail-email-undone-subject = Votre compte Mon Ontario n’est plus associé à cette adresse courriel
mail-email-undone-preheader = Il est de nouveau associé à une ancienne adresse. Vous ne pouvez plus utiliser l’adresse où vous recevez ce courriel.
mail-email-undone-lead = Votre compte est de nouveau associé à une ancienne adresse et vous ne pouvez plus ouvrir de session avec l’adresse où vous recevez ce courriel.
mail-email-undone-text = Quelqu’un a choisi « Ce n’était pas moi » dans un courriel que nous avons envoyé à cette ancienne adresse.
mail-email-undone-free = Vous pouvez utiliser la présente adresse pour un autre compte.

## contact.rs
mail-contact-subject = Contactez-nous : { $topic }
mail-contact-preheader = De { $address }, le { $time }
mail-contact-lead = Quelqu’un nous a envoyé un message au moyen du formulaire « Contactez-nous ».
mail-contact-topic = Sujet
mail-contact-from = Adresse de la personne, telle qu’elle a été entrée dans le formulaire
mail-contact-not-signed-in = La personne n’avait pas ouvert de session. Nous n’avons pas vérifié à qui appartient l’adresse.
mail-contact-signed-in = La personne avait ouvert une session dans le compte associé à cette adresse.
mail-contact-signed-in-elsewhere = La personne avait ouvert une session dans le compte associé à une autre adresse (identifiant du compte : { $account }). Nous n’avons pas vérifié à qui appartient celle-ci.
mail-contact-language = Langue
mail-contact-language-name = français
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
mail-password-changed-preheader = Il a été changé dans vos paramètres, et toutes vos autres sessions ont été fermées.
mail-password-changed-lead = Le mot de passe a été changé dans les paramètres de votre compte.
mail-password-changed-text = Toutes vos autres sessions ont été fermées, et les services qui pouvaient obtenir vos renseignements lorsque votre session était fermée devront vous redemander votre accord.
mail-password-first-set-subject = Votre compte Mon Ontario a maintenant un mot de passe
mail-password-first-set-preheader = Vous pouvez maintenant ouvrir une session avec votre adresse courriel et ce mot de passe.
mail-password-first-set-lead = Un mot de passe a été défini dans les paramètres de votre compte.
mail-password-first-set-text = Vous pouvez maintenant ouvrir une session avec votre adresse courriel et ce mot de passe. Toutes vos autres sessions ont été fermées.

## activity_reported.rs
mail-activity-reported-subject = Protégez votre compte Mon Ontario
mail-activity-reported-preheader = Quelqu’un nous a dit ne pas reconnaître une activité du { $time }.
mail-activity-reported-lead = Une personne qui a ouvert une session dans votre compte nous a dit ne pas reconnaître ce qui a eu lieu à la date et dans le navigateur ci-dessous.
mail-activity-reported-text = Si vous reconnaissez cette activité, ne tenez pas compte de ce courriel. Sinon, choisissez « Ce n’était pas moi ». Si le mot de passe a été réinitialisé au cours des 24 dernières heures, seuls les applications, les codes de récupération et les partenaires de connexion ajoutés depuis la réinitialisation seront retirés.

## data_downloaded.rs
mail-data-downloaded-subject = Les données de votre compte Mon Ontario ont été téléchargées
mail-data-downloaded-preheader = Quelqu’un a obtenu, dans vos paramètres, une copie des données que nous conservons sur votre compte.
mail-data-downloaded-lead = Une copie des données que nous conservons sur votre compte a été téléchargée à partir des paramètres de votre compte.

mail-account-closed-subject = Votre compte Mon Ontario a été fermé
mail-account-closed-preheader = Nous le supprimerons le { $time }. Pour le garder, ouvrez une session avant cette date.
mail-account-closed-lead = Nous supprimerons votre compte et tout ce qui y est associé le { $time }.
mail-account-closed-keep = Pour garder votre compte, ouvrez une session avant cette date.
mail-account-closed-text = Nous avons fermé toutes vos sessions, et nous ne donnerons plus votre adresse courriel à aucun service.
mail-account-closed-dispute = « Ce n’était pas moi » rouvrira votre compte, et nous ne le supprimerons pas.

mail-former-closed-subject = Le compte Mon Ontario qui était associé à cette adresse courriel a été fermé
mail-former-closed-text = Votre compte n’est plus associé à cette adresse courriel, et quelqu’un vient de le fermer. Nous avons fermé toutes ses sessions.
mail-former-closed-preheader = Nous le supprimerons le { $time }.
mail-former-closed-lead = Nous supprimerons le compte et tout ce qui y est associé le { $time }.
mail-former-closed-dispute = « Ce n’était pas moi » rouvrira votre compte et l’associera de nouveau à cette adresse.

mail-account-reopened-subject = Votre compte Mon Ontario est rouvert
mail-account-reopened-preheader = Une session a été ouverte dans le compte que vous aviez fermé : nous ne le supprimerons pas.
mail-account-reopened-lead = Une session a été ouverte dans le compte que vous aviez fermé : nous ne le supprimerons pas.
mail-account-reopened-text = Vous pourrez le fermer de nouveau dans les « Paramètres ».

## address_check.rs
mail-address-check-subject = Les courriels du compte Mon Ontario vous parviennent
mail-address-check-preheader = Votre adresse courriel fonctionne. Vous n’avez rien à faire.
mail-address-check-lead = Votre adresse courriel fonctionne. Vous n’avez rien à faire.
mail-address-check-text = Un courriel envoyé à cette adresse n’avait pas pu être livré, ou avait été signalé comme indésirable. On nous a demandé de vous envoyer ce courriel pour vérifier l’adresse. Comme il vous est parvenu, l’avertissement affiché dans votre compte disparaîtra.
mail-address-check-junk = Si vous avez trouvé ce courriel parmi vos courriels indésirables, déplacez-le dans votre boîte de réception. Sinon, les codes et les liens que vous demandez pourraient vous échapper.
