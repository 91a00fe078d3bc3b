from argosy.engine import access

GET = access.Permission("applications", "get", "default/guestbook")


def test_the_local_admin_may_do_everything():
    assert access.check(access.LocalUser("admin"), GET) is None


def test_nobody_else_may_do_anything():
    assert access.check(access.Anonymous(), GET) == access.Denied(
        "permission denied: applications, get, default/guestbook"
    )
    assert isinstance(access.check(access.LocalUser("admin "), GET), access.Denied)
    assert isinstance(access.check(access.LocalUser("role:admin"), GET), access.Denied)


def test_5_27_an_action_on_an_object_is_named_as_policies_name_it():
    action = access.ResourceAction("apps", "Deployment", "restart")
    asked = access.Permission("applications", action, "default/guestbook")
    assert str(asked) == "applications, action/apps/Deployment/restart, default/guestbook"
    assert access.check(access.LocalUser("admin"), asked) is None
    assert access.check(access.LocalUser("eve"), asked) is not None
