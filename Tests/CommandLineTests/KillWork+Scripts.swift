/// What the works of ``KillWork`` do.
extension KillWork {
    static let renameScript = """
        -- ==Script==
        -- @needs instances:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        local servers = iwinv.instances.list { name = "web-" }
        task.map(servers, function(vm)
            iwinv.retry(function() vm:edit { name = "new-" .. vm.name:sub(5) } end, { times = 9, pause = "0s" })
        end, { limit = 3 })
        return #servers
        """

    static let typedRename = """
        servers = iwinv.instances.list { name = "web-" }
        function rename(vm) vm:edit { name = "new-" .. vm.name:sub(5) } end
        for i = 1, #servers // 2 do iwinv.retry(function() rename(servers[i]) end, { times = 9, pause = "0s" }) end
        for _, vm in ipairs(iwinv.instances.list { name = "web-" }) do rename(vm) end

        """

    static let rebootScript = """
        -- ==Script==
        -- @needs instances:power
        -- ==/Script==
        local iwinv = require "iwinv"
        local servers = iwinv.instances.list { name = "web-" }
        for _, vm in ipairs(servers) do vm:reboot() end
        return #servers
        """

    static let creationScript = """
        -- ==Script==
        -- @needs instances:create storage:create firewall:create
        -- ==/Script==
        local iwinv = require "iwinv"
        local function try(change) return iwinv.retry(change, { times = 9, pause = "0s" }) end
        local like = iwinv.instances.list { name = "web-" }[1]
        for i = 1, 2 do
            try(function()
                return iwinv.instances.create {
                    name = "made-0" .. i, zone_id = like.zone.zone_id, flavor_id = like.flavor.flavor_id,
                    image_id = like.image.image_id }
            end)
        end
        try(function()
            return iwinv.storage.create { instance_id = like.instance_id, type = "ssd", size = 100, name = "made-data" }
        end)
        try(function() return iwinv.firewall.create { title = "made-fence", content = "made", icmp = "Y" } end)
        """

    static let attachmentScript = """
        -- ==Script==
        -- @needs storage:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        local function try(change) return iwinv.retry(change, { times = 9, pause = "0s" }) end
        local servers = {}
        for _, vm in ipairs(iwinv.instances.list { name = "web-" }) do servers[vm.name] = vm.instance_id end
        task.map(iwinv.storage.list(), function(volume)
            local number = tonumber(volume.name:match("%d+$"))
            if number > 3 then
                try(function() iwinv.storage.detach(volume.block_storage_id) end)
            else
                try(function() iwinv.storage.attach(volume.block_storage_id, servers["web-00" .. number]) end)
            end
        end, { limit = 2 })
        """

    /// A change may give the rules new numbers, so each looks anew.
    static let firewallScript = """
        -- ==Script==
        -- @needs firewall:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        local function try(change) return iwinv.retry(change, { times = 9, pause = "0s" }) end
        local id = iwinv.firewall.list()[1].firewall_id
        local function rule(title)
            for _, rule in ipairs(iwinv.firewall.rules.list(id)) do
                if rule.title == title then return rule.rule_id end
            end
        end
        for i = 1, 4 do
            try(function()
                iwinv.firewall.rules.add(id, {
                    bound = "IN", protocol = "TCP", port = tostring(1000 + i), ip = "10.0.0.0/8", title = "r" .. i })
            end)
        end
        for i = 1, 2 do
            try(function() iwinv.firewall.rules.edit(id, rule("r" .. i), { port = tostring(2000 + i) }) end)
        end
        try(function() iwinv.firewall.rules.remove(id, rule("r4")) end)
        for _, vm in ipairs(iwinv.instances.list { name = "web-" }) do
            try(function() iwinv.firewall.attach(id, vm.instance_id) end)
        end
        """
}
