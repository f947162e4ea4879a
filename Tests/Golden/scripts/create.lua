-- ==Script==
-- @needs  instances:read instances:create
-- ==/Script==
local iwinv = require "iwinv"
local like = iwinv.instances.list { name = "web-01" }[1]
iwinv.instances.create {
    name = "made-01", zone_id = like.zone.zone_id, flavor_id = like.flavor.flavor_id, image_id = like.image.image_id,
}
