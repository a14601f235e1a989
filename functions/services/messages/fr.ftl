services-title = Mes services connectés
services-none = Vous n’avez encore utilisé aucun service gouvernemental avec ce compte. Les services apparaissent ici dès que vous y ouvrez une session.
