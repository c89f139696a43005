"""What moto 5.2.1 lacks of AWS, patched into it in process.  One story a module:

world      what the patches share: lock, settings, shortages, faults, the log of requests
serve      the HTTP server;  front  what stands before moto: one request at a time, log, faults, control
control    /tenon/...: the surface that tests steer it by
faults     delays, refusals, garbage, cut connections
iam sqs events   faults of moto mended
catalog    DescribeInstanceTypes, offerings, spot prices, zones: paged, fast, believable
pricing    GetProducts
analyzer   Access Analyzer's check of policies
eks        access entries, pod identities
images     EKS's images and the SSM parameters that name them
templates  launch templates: client tokens, versions made from versions
launch     RunInstances: client tokens, everything a template says; the life of an instance
health     DescribeInstanceStatus by what the checks say
fleet      CreateFleet type=instant
seed       subnets and a security group for a cluster;  leftovers  what is still there

Every module but the first three groups has `mend()`, called once before serving.
"""
