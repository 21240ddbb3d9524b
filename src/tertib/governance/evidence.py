"""What governance proves, and on which page it comes about.

sop.version_in_force         /versi       approving; `sop.actions` records it in that act
sop.acknowledged             /pernyataan  everybody, per version            5b usr.ack
sop.review_signed            /evaluasi    signing the yearly review         6b eva.yearly
sop.review_action_agreed     /evaluasi    each action, as the review is signed 6b eva.actions
sop.review_action_done       /evaluasi    its owner does it                 6b eva.actions
report.issued                /laporan     by the head of IT                 6a mon.report
report.signed_by_management  /laporan     by management                     5c mgt.report_signed
resource.requested           /permintaan  asked for                         5c mgt.decisions
resource.decided             /permintaan  decided by somebody else          5c mgt.decisions
resource.withdrawn           /permintaan  taken back                        5c mgt.decisions
attest.<control id>          /keputusan   by who holds the role that it names 2d obj.benefit_review
"""

from tertib.evidence.vocabulary import claim

IN_FORCE = claim("sop.version_in_force")
ACKNOWLEDGED = claim("sop.acknowledged")
REVIEW_SIGNED = claim("sop.review_signed")
ACTION_AGREED = claim("sop.review_action_agreed")
ACTION_DONE = claim("sop.review_action_done")
REPORT_ISSUED = claim("report.issued")
REPORT_SIGNED = claim("report.signed_by_management")
REQUESTED = claim("resource.requested")
DECIDED = claim("resource.decided")
WITHDRAWN = claim("resource.withdrawn")
