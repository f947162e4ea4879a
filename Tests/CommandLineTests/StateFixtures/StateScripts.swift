/// The scripts of the fixtures' runs; short, with few fields, so that the journals are small.
enum StateScripts {
    static let rename = """
        -- ==Script==
        -- @param prefix string
        -- @needs instances:read instances:edit
        -- ==/Script==
        for _, vm in ipairs(require("iwinv").instances.list { name = params.prefix, fields = { "name" } }) do
            vm:edit { name = "new-" .. vm.name }
        end
        return "renamed"
        """

    static let create = """
        -- ==Script==
        -- @param name string
        -- @param zone string
        -- @param flavor string
        -- @param image string
        -- @needs instances:read instances:create
        -- ==/Script==
        return require("iwinv").instances.create {
            name = params.name, zone_id = params.zone, flavor_id = params.flavor, image_id = params.image }.instance_id
        """

    static let reboot = """
        -- ==Script==
        -- @param prefix string
        -- @needs instances:read instances:power
        -- ==/Script==
        for _, vm in ipairs(require("iwinv").instances.list { name = params.prefix, fields = { "name", "status" } }) do
            vm:reboot()
        end
        return "rebooted"
        """

    static let attach = """
        -- ==Script==
        -- @param volume string
        -- @param server string
        -- @needs storage:read storage:edit
        -- ==/Script==
        require("iwinv").storage.attach(params.volume, params.server)
        return "attached"
        """

    /// A rule is added, one is edited, one is removed.
    static let rules = """
        -- ==Script==
        -- @param firewall string
        -- @needs firewall:read firewall:edit
        -- ==/Script==
        local firewall = require("iwinv").firewall
        firewall.rules.add(params.firewall, {
            bound = "IN", protocol = "TCP", port = "8080", ip = "10.0.0.0/8", title = "added" })
        for _, rule in ipairs(firewall.rules.list(params.firewall)) do
            if rule.title == "edited" then rule:edit { port = "8443" } end
        end
        for _, rule in ipairs(firewall.rules.list(params.firewall)) do
            if rule.title == "removed" then rule:remove() end
        end
        return "changed"
        """

    /// Renames its server to the next number.
    static let count = """
        -- ==Script==
        -- @param id string
        -- @needs instances:edit
        -- ==/Script==
        local vm = require("iwinv").instances.get(params.id)
        local head, count = vm.name:match("^(.-)(%d+)$")
        vm:edit { name = head .. string.format("%03d", count + 1) }
        print("counted " .. count + 1)
        """
}
