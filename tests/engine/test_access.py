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
